# files.sh - BusyBox's programs for files: trees of them, links, times,
# archives, sums.
PATH=/nonexistent
mkdir scratch; cd scratch

umask 022
echo "== trees"
mkdir -p d/e/f d/g; touch d/1.c d/e/2.c d/e/f/3.h d/g/.hidden
find d | sort; find d -name '*.c' | sort; find d -type d | sort
find d -type f -exec echo found {} \; | sort; find d -maxdepth 1 | sort
find d -name '*.h' -o -name '.h*' | sort; find d -empty | sort
find d -type f -print0 | xargs -0 -n 1 echo x | sort; find d -size 0 -name 2.c
find d -type f -exec echo {} + | wc -l; find d -path '*/e/*' | sort
ls d; ls -a d/g; ls -R d; ls -p d; ls -1 d | wc -l; ls nobody; echo $?
echo "== cp, mv, rm"
printf 'a:b:c\nd:e:f\n' > c
cp c copy; mv copy moved; cat moved; rm moved; ls moved; echo $?
cp -r d dd; ls -R dd; mv dd d/e; find d | sort; rm -rf d/e/dd; ls d/e; cp c d
cp c nowhere/c; echo $?; mv nobody x; echo $?; rm d; echo $?; rm -f nobody; echo $?
mkdir -p p/q/r; rmdir p/q/r; rmdir p; echo $?; mkdir d; echo $?; rmdir c; echo $?
basename /a/b.c .c; dirname /a/b; cd d; cd - > /dev/null; cd d/e; cd ..; ls; cd ..
truncate -s 100 t; wc -c t; truncate -s 10 t; wc -c t
echo "== links"
ln -s c link; readlink link; cat link; ls -l link | cut -c1-10; [ -L link ] && echo L
ln -s loop loop; cat loop
ln -s d dir; ls dir/e; cd dir/e; pwd -P | grep -o 'd/e$'; cd ../..
ln -s nobody dangling; cat dangling; echo x > dangling; cat nobody; find . -type l | sort
cp -a dir copied; readlink copied; readlink -f dir/e/../1.c | grep -o 'd/1.c$'
rm link loop dir dangling copied nobody
echo "== modes and times"
stat -c '%n %s %a %F %h' c; chmod 600 c; stat -c %a c; chmod u+x,g+r c; stat -c %A c
umask; umask 077; touch private; stat -c %a private; umask 022
touch -d '2001-02-03 04:05:06' old; date -u -r old; stat -c %Y old
touch -r old older; stat -c %Y older; [ c -nt old ] && echo newer; cp -p old kept
stat -c %Y kept; find . -newer old -name c | sort; ls -l --full-time old | cut -c1-10
ls -t old c; touch new; [ new -ot old ] || echo not older; mkfifo fifo; ls -l fifo | cut -c1
echo through > fifo & cat fifo; wait; chown "$(id -u):$(id -g)" c; echo $?
echo "== archives"
seq 20000 > n
tar cf t.tar d c; tar tf t.tar | sort; mkdir x; tar xf t.tar -C x; diff -r d x/d && echo same
gzip -k n; wc -c n.gz | cut -d' ' -f1; gunzip -c n.gz | cmp - n && echo same
zcat n.gz | tail -n 1; gzip -t n.gz; echo $?; gzip < n | gunzip | md5sum
bzip2 -k n; bunzip2 -c n.bz2 | cmp - n && echo same; wc -c n.bz2; tar tvf t.tar | wc -l
echo d/1.c | cpio -o -H newc 2> /dev/null | cpio -t; printf damaged | gunzip; echo $?
echo "== bytes"
md5sum c n; sha1sum n; sha256sum n; sha512sum n; md5sum c n > sums; md5sum -c sums; cmp n c
dd if=n of=o bs=2 count=2 2> /dev/null; cat o; dd if=n bs=3 skip=1 count=3 2> /dev/null
dd if=/dev/zero bs=1k count=300 2> /dev/null | wc -c; dd if=c of=o bs=1 seek=10 conv=notrunc 2> /dev/null
od -c o; od -An -tx1 o; cat o o o > ooo; wc -c ooo
dd if=c bs=1 2>&1 | head -n 1; cat n n n n n n | sha256sum; rm -rf d x; ls
cd ..; rm -r scratch
echo the end
