-- Numbers and strings: what printf(), strtod() and string.h do for Lua.
for _, format in ipairs { "%d", "%5d", "%-5d|", "%05d", "%+d", "%x", "%X", "%#o",
			  "%c" } do
	print(format, string.format(format, 65))
end
for _, x in ipairs { 0.0, -0.0, 1.5, 0.1, 1e15, 1e16, 1e100, 123456789012345,
		     5e-324, 1.7976931348623157e308, 1 / 0, -1 / 0, 2 ^ 53,
		     1 / 3 } do
	print(x, string.format("%g %e %.3f %10.2f| %-12.4g| %a %.14g %.17g", x,
			       x, x, x, x, x, x, x))
end
print(string.format("%q", 'a "line"\n\0end\r'), string.format("%q", 0.1))
print(string.format("%s %10s %-10s|%.3s", nil, true, "left", "truncated"))

for _, s in ipairs { "0x10", "1e2", ".5", "5.", "0x.8p1", " 12 ", "1e", "",
		     "12a", "inf", "nan", "9223372036854775807",
		     "9223372036854775808", "0x1p-1074", "1e400" } do
	print(("%q"):format(s), tonumber(s), math.type(tonumber(s)))
end
print(tonumber("zz", 36), tonumber("777", 8), tonumber("8", 8))
print(math.maxinteger + 1 == math.mininteger, 7 // -2, 7 % -2, 7.5 // -2)
print(10 // 0.0, -10 % math.huge, 3 | 4, ~0, 1 << 63, 2 ^ 0.5)

print(("hello world"):find("o w"), ("hello"):find("l+"), ("x"):rep(5, ","))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"))
print(("one two three"):gsub("%w+", function(w) return w:upper():reverse() end))
print(("%d"):rep(3, " "):format(1, 2, 3), ("äö"):byte(1, -1))
for word, number in ("a=1, b=22, c=333"):gmatch("(%a)=(%d+)") do
	io.write(word, ":", number, " ")
end
print()
print(string.pack("<i4 z s1 d", 1, "zero", "counted", 1.5):byte(1, -1))
print(string.unpack(">I2 <I2", "\1\2\1\2"))
print(utf8.char(72, 228, 8364, 128512), utf8.len("ä€"))

local words = {}
for i = 1, 200 do
	words[i] = ("%x"):format(i * 7919 % 1009)
end
table.sort(words)
print(table.concat(words, " ", 1, 12), #table.concat(words))
table.sort(words, function(a, b) return #a > #b or #a == #b and a > b end)
print(table.concat(words, " ", 1, 12))

for _, f in ipairs { "sin", "cos", "tan", "asin", "acos", "atan", "exp", "log",
		     "sqrt", "floor", "ceil", "abs" } do
	print(f, string.format("%.12g %.12g", math[f](0.5), math[f](0.99)))
end
print(math.fmod(-7, 3), math.fmod(7.5, 2), math.modf(-3.7), math.log(1000, 10))
print(math.tointeger(3.0), math.ult(1, -1), string.format("%.10f", math.pi))
math.randomseed(42)
print(math.random(100), math.random(100), math.random() < 1)
