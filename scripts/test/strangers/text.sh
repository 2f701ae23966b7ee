# text.sh - BusyBox's programs for text, on the numbers and on small files.
PATH=/nonexistent
mkdir scratch; cd scratch

printf 'one\ntwo\nthree\n' > f
printf '3 c\n1 b\n2 a\n10 z\n1 b\n' > s
printf 'a:b:c\nd:e:f\n' > c
seq 1 3000 > n
echo "== awk"
awk '{ s += $1 } END { print s, NR }' n
printf 'a 1\nb 2\na 3\nc 4\n' |
	awk '{ t[$1] += $2 } END { for (k in t) print k, t[k] }' | sort
awk 'BEGIN {
	printf "%5.2f|%-5s|%05d|%x\n", 3.14159, "ab", 42, 255
	print substr("hello", 2, 3), length("abc"), index("abc", "c")
	print int(3.9), 1e100, -7 % 3, 1 / 3
	print toupper("abc"), split("a-b-c", p, "-"), p[3]
	s = "banana"; print gsub(/an/, "<&>", s), s, match("foobar", /o+/), RLENGTH
	while ((getline line < "f") > 0) print "read", line
	print "to a file" > "awk.out"; close("awk.out")
}'
cat awk.out
awk -F: -v OFS=- '{ $2 = NR; print } END { exit 3 }' c; echo $?
awk 'function f(n) { return n < 2 ? n : f(n-1) + f(n-2) } BEGIN { print f(18) }'
echo "== sed"
sed -n '2p;$=' f
sed 's/\(.\)o/[\1]/g;/three/d' f
sed -i 's/two/TWO/' f; cat f
sed '1!G;h;$!d' f
sed -e :a -e '$!N;s/\n/+/;ta' f
sed -n '/one/,/TWO/{s/^/> /;p}' f; sed 'y/abc/xyz/' c; sed 2q n
echo "== sort, uniq"
sort s; sort -n s; sort -k2 s; sort -u s; sort -rn s; sort s | uniq -c
sort s | uniq -d; sort -t: -k3r c; sort -r n | head -n 2; sort -c n; echo $?
echo "== grep"
grep -n b c; grep -v b c; grep -c : c; grep -o '[a-c]' c; grep -E '^(a|d):' c
grep -i B c; grep -l b c f; grep -q zz c; echo $?; grep -c '\(.\)\1' n
grep -F a:b c; grep -w 77 n; grep -A1 -B1 '^1500$' n; grep -r TWO . | sort
echo "== cut, tr, wc, head, tail"
cut -d: -f2 c; cut -c1-3 c; tr a-z A-Z < c; tr -d : < c; tr -s 0 < n | md5sum
wc c f; wc -l < c; head -n 1 c; tail -n 1 c; tail -c 3 c; head -c 4 c; echo
tail -n +2999 n; head -n -2998 n
echo "== others"
rev c; tac c; nl c; paste c s; fold -w 2 c; expand f; tee c2 < c; cmp c c2
cmp c s; echo $?; seq 5 -1 1; seq 1 0.5 3; seq -w 8 11; shuf -i 1-1
strings -n 3 f; unexpand f; cat -n s; od -c c; hexdump -C c; xxd c
base64 n | tail -n 2; base64 n | base64 -d | cmp - n && echo same
seq 10 | xargs; seq 10 | xargs -n 3; seq 3 | xargs -I{} echo n{}m
printf 'a\0b c\0' | xargs -0 -n 1 echo; echo 2 | xargs -n 1 sh -c 'exit 1'; echo $?
echo "== test, expr, printf"
[ -f c ] && [ -d . ] && [ ! -e zz ] && [ -s c ] && echo files
[ a \< b ] && echo less; test 5 -gt 3 && echo greater; [ -x . ] && echo x
[ c -ef c ] && echo same; [ -z "" -a -n x ] && echo strings; test; echo $?
[ 1 -eq x ]; echo $?
expr 3 + 4 \* 2; expr abc : 'a\(.*\)'; expr length hello; expr 5 % 3; expr 0; echo $?
printf '%s-%d-%o-%x-%c-%5s|\n' str 10 8 255 z r; printf '%b\n' 'a\tb\101'
printf '%d %s\n' 1 a 2 b; printf '%.3f %e %g\n' 2.5 1234.5 1e-10
factor 360 1000003; echo '2 3 + p 2 100 ^ p' | dc; date -u -d @0
echo 'scale=20; 4*a(1); 2^100' | bc -l
date -u -d '2020-02-29 12:00' '+%s %A %j'; cal 2 2000
diff f s; echo $?; diff -u c c2 && echo none; printf 'one\n2\nthree\n' > f3
diff f f3 > patch; patch f patch; cat f
cd ..; rm -r scratch
echo the end
