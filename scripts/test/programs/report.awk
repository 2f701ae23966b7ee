# Fields, patterns, arrays, functions, printf, pipes to nobody.
function cut(text, n) { return substr(text, 1, n) "|" }

BEGIN { OFS = "-"; printf "%5s %-6s %05.1f %e %c%%\n", "a", "b", 3.14159, 1e6, 65 }
$3 > 100 && /town[135]/ { sum[$2] += $3; count[$2]++ }
NR % 100 == 0 { $2 = toupper($2); print; print cut($0, 7), length($0), NF }
match($2, /[0-9]+$/) && NR < 4 { print RSTART, RLENGTH, substr($2, RSTART) }
END {
	for (i = 0; i < 7; i++) {
		town = "town" i
		if (town in sum)
			printf "%s %d %.3f %g %s\n", town, count[town],
				sum[town] / count[town], sum[town], unit
	}
	n = split("the quick brown fox", words, " ")
	for (i = n; i > 0; i--)
		printf "%s ", words[i]
	print ""
	text = "aaa bbb"
	print gsub(/a+/, "<&>", text), text, index(text, "bbb"), tolower("ABC")
	print 1e300 * 1e300, -log(0), int(-3.9), 2 ^ 10, 7 % 3, exp(1), atan2(0, -1)
	print sprintf("%x %o %i %s", 255, 8, "12abc", 0.1 + 0.2)
	while (("echo" i) != "echo3")
		i++
	print i, NR, substr("hello", 0, 3), "a" < "b", 10 < 9, "10" < "9"
	exit 3
}
