# What a shell does by itself: words, loops, functions, jobs, pipes, traps.
for i in 1 2 3; do
	echo "$i: $((i * i)) ${i#1}" | while read -r line; do echo "<$line>"; done
done
sum() { local s=0; for x; do s=$((s + x)); done; echo $s; }
echo "$(sum 1 2 3 4)" "$(sum)"
name=archive.tar.gz
echo "${name%.*} ${name%%.*} ${name##*.} ${#name} ${none:-default} ${name:+set}"
case $name in *.gz) echo packed ;; *) echo plain ;; esac
printf '%5d|%-5s|%x|%s\n' 42 ab 255 'a b'
printf '%b %.2f\n' 'tab\there' 2.5
cat_it() { while read -r line; do echo "$line"; done; }
cat_it <<-TEXT
	here is $((6 * 7))
	TEXT
echo to a file >scratch
echo more >>scratch
cat_it <scratch
: >scratch
set -- "a b" c
echo $# "$1" "$*"
(exit 5)
echo $?
false || echo or
true && echo and
trap 'echo terminated' TERM
kill -TERM $$
{ (exit 9) & wait $!; echo "job: $?"; }
x=$(echo one; echo two)
echo "$x" $x
IFS=:; for word in a:b:c; do echo "[$word]"; done; v=a:b:c; for word in $v; do echo "[$word]"; done
unset IFS
test -f scratch && [ 3 -gt 2 ] && echo tested
umask 022; umask
cd / && pwd
echo *nonexistent* /de[v]
eval 'echo "$((1 << 4))"'
(echo sub; exec echo replaced) 2>&1
unknown_command 2>/dev/null
echo $?
trap 'echo bye' EXIT
exit 4
