# Lists, dictionaries, regular expressions, formats, errors, files.
set words [split "the cat and the dog and the bird" " "]
foreach word $words { dict incr count $word }
foreach word [lsort [dict keys $count]] { puts "$word [dict get $count $word]" }
puts [format "%08.3f|%-10s|%5d|%x|%e" 3.14159 left 42 255 12345.678]
puts [expr {2 ** 40 + 7 / 2.0 - sin(1) * sqrt(2)}]
puts [regexp -inline {(\w+)@(\w+)\.org} "mail someone@example.org now"]
puts [regsub -all {[aeiou]} "regular expressions" {<&>}]
proc fibonacci n { expr {$n < 2 ? $n : [fibonacci [- $n 1]] + [fibonacci [- $n 2]]} }
puts [fibonacci 15]
puts [catch {error "as planned"} message]:$message
puts [lmap x {1 2 3 4} {expr {$x * $x}}]
puts [string range "hello world" 6 end],[string toupper abc],[string repeat ab 3]
set file [open scratch w]
puts $file "line one\nline two"
close $file
set file [open scratch]
puts [gets $file]:[read $file]
close $file
puts [file exists scratch]:[file size scratch]
file delete scratch
puts [scan "12 abc 3.5" "%d %s %f"]
puts [lsort -integer -decreasing {5 3 11 2}]
