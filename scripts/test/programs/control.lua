-- Closures, coroutines, errors: setjmp() and longjmp() behind them.
local function counter()
	local n = 0
	return function() n = n + 1 return n end
end
local a, b = counter(), counter()
print(a(), a(), b(), a())

local function generate(n)
	return coroutine.wrap(function()
		for i = 1, n do
			coroutine.yield(i, i * i)
		end
		return "end"
	end)
end
local next_one = generate(3)
print(next_one(), next_one(), next_one(), next_one())
print(pcall(next_one))

local function permute(list, n)
	n = n or #list
	if n <= 1 then
		coroutine.yield(table.concat(list))
	end
	for i = 1, n do
		list[n], list[i] = list[i], list[n]
		permute(list, n - 1)
		list[n], list[i] = list[i], list[n]
	end
end
for word in coroutine.wrap(function() permute { "a", "b", "c" } end) do
	io.write(word, " ")
end
print()

local all = {}
for i = 1, 2000 do
	all[i] = coroutine.create(function(x)
		while true do
			x = coroutine.yield(x + i)
		end
	end)
end
local sum = 0
for round = 1, 5 do
	for i = 1, #all do
		sum = sum + select(2, coroutine.resume(all[i], round))
	end
end
print(sum, coroutine.status(all[1]), coroutine.close(all[1]),
      coroutine.status(all[1]))

print(pcall(error, { code = 1 }) == false, pcall(error, "text", 0))
print(pcall(function() local x = nil; return x.field end))
print(pcall(function() return 1 + {} end))
print(pcall(function() return #5 end))
print(pcall(string.rep))
print(xpcall(function() error("deep") end,
	     function(m) return "handled: " .. m end))
local function recurse(n) return 1 + recurse(n + 1) end
local ok, message = pcall(recurse, 1)
print(ok, (message:gsub("\n.*", "")))
print(select("#", table.unpack({}, 1, 200)))
for i = 1, 3 do
	print(pcall(function()
		local handle <close> = setmetatable({}, { __close = function()
			print("closed", i)
		end })
		if i == 2 then
			error("in between")
		end
		return i
	end))
end
print(load("return 1 +"))
print(load("x = = 1", "chunk"))
print(assert(load("local a <const> = 5; return a * ..."))(8))
goto done
print("never")
::done::
local V = setmetatable({}, { __index = function(_, k) return k .. "!" end,
			     __call = function(_, x) return x * 2 end,
			     __tostring = function() return "V" end })
print(V.name, V(21), tostring(V))
local env = {}
load("a = 1; b = 2", "c", "t", env)()
print(env.a, env.b, a == 1)
print(string.dump(counter):sub(2, 4), debug.getinfo(1, "l").currentline > 0)
