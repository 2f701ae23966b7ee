-- Files, time and the world outside.
local name = "scratch.txt"
local file = assert(io.open(name, "w"))
file:setvbuf("full", 1024)
for i = 1, 1000 do
	file:write(i, " ", i / 8, "\n")
end
print(file:seek("cur"), file:seek("set", 10), file:write("OVER") == file)
file:close()
for line in io.lines(name) do
	if line:find("OVER") or line:find("^99[89]") then
		print(line)
	end
end
file = assert(io.open(name, "r+"))
print(file:read("n", "n", "l", "L", 5, 0))
print(file:seek("end", -8), file:read("a"))
print(file:read("a"), file:read("l"), file:read(0))
file:close()
print(pcall(file.read, file))
file = assert(io.open(name, "a+"))
file:write("appended\n")
file:seek("set")
print(#file:read("a"))
file:close()
print(io.open("/nonexistent/file"))
print(io.open("/", "w"))
print(os.rename(name, name .. ".new"), os.remove(name .. ".new"))
print(os.remove(name))
print(io.type(io.stdout), io.type(file), io.type(42))

print(os.time { year = 2024, month = 2, day = 30, hour = 12 })
print(os.date("!%Y-%m-%d %H:%M:%S %j %a %A %b %B %p %y %%", 951782400))
print(os.date("!%c|%x|%X|%D|%F|%T", 1e9))
local t = os.date("*t", 86400 * 365)
print(t.year, t.month, t.day, t.yday, t.isdst)
print(os.clock() >= 0, os.time() > 0, os.difftime(5, 3))
print(os.getenv("HOME"), os.getenv("NO_SUCH_NAME"))
print(os.setlocale(), os.setlocale("C"), os.setlocale("nonsense"))
local temporary = os.tmpname()
print(temporary:match("^/tmp/lua_") ~= nil, os.remove(temporary))
file = io.tmpfile()
file:write("123 0x1F -4.5e1 word")
file:seek("set")
print(file:read("n", "n", "n"))
file:close()
for line in io.lines() do
	print("> " .. line)
end
io.stderr:write("to standard error\n")
os.exit(7, true)
