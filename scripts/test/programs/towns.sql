create table town (name text primary key, country text, people integer);
begin;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000)
insert into town select 'town ' || i, 'country ' || (i % 7), i * 7919 % 100003
from n;
commit;
create index by_country on town (country, people);
select country, count(*), sum(people), round(avg(people), 3), max(name)
from town group by country order by country;
select name, people from town where people between 500 and 900 order by people;
update town set people = people / 2.0 where country = 'country 3';
delete from town where name like '%9';
select count(*), total(people), printf('%.4f|%08x|%e', avg(people), 255, 1e10)
from town;
select upper('abc'), substr('hello', 2, 3), date(0, 'unixepoch'), 1 / 3.0, 1e308 * 10;
insert into town values ('town 1', 'twice', 0);
explain query plan select * from town where country = 'country 2';
pragma integrity_check;
vacuum;
select count(*) from sqlite_master;
.schema
