# shell.sh - BusyBox's ash, by itself: what its language does, and how it
# starts programs and joins them. PATH leads nowhere: all are its own.
PATH=/nonexistent
mkdir scratch; cd scratch

echo "== pipes"
seq 1 100 | grep 7 | sort -rn | head -5 | tr '\n' ' '
echo
seq 1 2000 | while read n; do echo "$n$n"; done | tail -n 2
yes | head -3
echo "== here-documents"
X=world
cat <<A
hello $X $((6 * 7)) $(echo nested `echo deep`)
A
cat <<'A'
no $X
A
cat <<-A
	tabs gone
A
seq 5000 > long
(echo "cat <<END"; cat long; echo END) | sh | md5sum
echo "== functions, loops, cases"
factorial() {
	local n=$1
	if [ $n -le 1 ]; then
		echo 1
	else
		echo $((n * $(factorial $((n - 1)))))
	fi
}
factorial 10
for i in a b c; do echo -n "$i "; done; echo
i=0
while [ $i -lt 5 ]; do i=$((i + 1)); [ $i = 3 ] && continue; echo $i; done
until [ $i = 0 ]; do i=$((i - 1)); done; echo $i
for word in foobar bar .x; do
	case $word in foo*) echo foo;; [a-c]*) echo abc;; *) echo other;; esac
done
set -- one "two three" four
echo $# "$2" "$*"; shift; echo "$1"; for i; do echo "<$i>"; done
getopts ab: o -b value; echo $o $OPTARG
echo "== words"
a=abc.tar.gz
echo ${a%.*} ${a%%.*} ${a#*.} ${a##*.} ${#a} ${a:1:3} ${b:-default} ${a/abc/x}
echo $((0x1f + 010)) $((7 / 2)) $((-7 % 3)) $((1 << 10)) $((5 > 3 ? 1 : 0))
: > g1.x; : > g2.x; : > h.x; echo *.x g? [!g]*.x 'no'*; echo "$(ls *.x)"
IFS=:; line=a:b:c; echo $line; set -- $line; echo $2; unset IFS
eval 'echo evaluated $X'
read a b < /proc/meminfo; echo $a
echo "== statuses"
false; echo $?
true && echo and; false || echo or; ! true; echo $?
(exit 42); echo $?
sh -c 'kill -9 $$'; echo $?
sh -c 'kill -SEGV $$'; echo $?
no-such-program; echo $?
/; echo $?
(set -e; false; echo not here); echo $?
echo "== traps"
(trap 'echo bye' EXIT; echo hi)
sh -c 'trap "echo got USR1; exit 3" USR1; kill -USR1 $$; echo not here'; echo $?
trap 'echo USR2' USR2; kill -USR2 $$; trap - USR2
trap '' TERM; kill $$; echo still here; trap - TERM
echo "== redirections"
{ echo out; echo err >&2; } 2>&1 >/dev/null
ls nobody 2> error; cat error
echo one > f; echo two >> f; cat f; wc -l < f
exec 3> three; echo to3 >&3; exec 3>&-; cat three
exec 4< f; read x <&4; read y <&4; echo $y $x; exec 4<&-
set -C; echo x > f; echo $?; set +C
: > empty; [ -s empty ] || echo empty
cat <&-; echo $?
echo "== in the background"
sleep 0.01 & wait; echo waited $?
(exit 5) & wait $!; echo $?
sleep 100 & kill $!; wait $!; echo $?
(sleep 0.1; echo later) & echo sooner; wait
n=0; while [ $n -lt 20 ]; do (exit $n) & n=$((n + 1)); done; wait; echo all
timeout 0.1 sleep 50; echo $?
echo "== programs"
echo 'echo from a script $1' > script; sh script arg
printf '#!/bin/sh\nexit $1\n' > hashbang; chmod +x hashbang; ./hashbang 7; echo $?
echo 'echo from standard input' | sh
. ./script two
cd ..; rm -r scratch
echo the end
