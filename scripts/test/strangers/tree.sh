# tree.sh - BusyBox's programs for files: links, times, owners, pipes with
# names, holes, archives.
PATH=/nonexistent
umask 022
mkdir scratch; cd scratch

echo "== links"
echo hello > a
ln -s a b; ln -s b c; ln -s nothing d
ls -l b c d | awk '{ print $1, $9, $10, $11 }'
cat b c d; echo $?
readlink c; basename "$(readlink -f c)"
ln -s b b 2>&1; ln -sf d b; readlink b
mkdir dir; ln -s dir to-dir; echo inside > to-dir/f; cat dir/f
find . -type l | sort; find . -name f
rm c; cat a; rm -r to-dir; ls dir
mv d e; readlink e; cp -a e f; readlink f

echo "== times, owners, permissions"
touch -d '2001-02-03 04:05:06' a; stat -c '%n %s %F %a %h %Y' a
cp -p a copy; stat -c %Y copy
touch new; [ new -nt a ]; echo $?; [ a -ot new ]; echo $?
touch -r a new; stat -c %Y new
chmod 4751 a; stat -c '%A %a' a; chmod u-s,g+w a; stat -c %A a
chown 3:4 a 2>/dev/null; chmod -R 700 dir; stat -c %a dir dir/f
umask 027; : > masked; mkdir masked-dir; stat -c %a masked masked-dir
umask 022

echo "== holes and sizes"
dd if=/dev/zero of=hole bs=1 seek=1000000 count=1 2>/dev/null
wc -c hole; [ "$(stat -c %b hole)" -lt 100 ]; echo $?
truncate -s 12 hole; wc -c hole
dd if=/dev/zero bs=4k count=3 2>/dev/null | wc -c
head -c 100 /dev/urandom | wc -c
echo full > /dev/full; echo $?

echo "== pipes with names"
mkfifo fifo; [ -p fifo ]; echo $?
(echo through the fifo > fifo) & cat fifo; wait
(seq 1 20000 > fifo) & md5sum < fifo; wait

echo "== descriptors"
cat /dev/stdin < a; echo out > /dev/stdout; echo err 2>&1 > /dev/stderr
cat /proc/self/fd/0 < a; echo x | cat /dev/fd/0
exec 5< a; readlink /proc/self/fd/5 | sed 's/.*\///'; cat <&5; exec 5<&-

echo "== archives"
mkdir tree; cp a copy tree; ln -s copy tree/link
tar cf t.tar tree; tar tf t.tar | sort
mkdir out; tar xf t.tar -C out; ls out/tree; readlink out/tree/link
gzip t.tar; gunzip -c t.tar.gz | tar tf - | wc -l
find tree | sort | cpio -o -H newc 2>/dev/null > t.cpio
mkdir out2; cd out2; cpio -id < ../t.cpio 2>/dev/null; ls tree
cd ..; diff -r out/tree out2/tree; echo $?
cd ..; rm -r scratch
echo the end
