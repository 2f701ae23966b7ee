-- The garbage collector under stress: much that is allocated and forgotten.
collectgarbage("generational")
for _, mode in ipairs { "generational", "incremental" } do
	collectgarbage(mode)
	local kept = {}
	local seed = 1
	for i = 1, 20000 do
		seed = (seed * 1103515245 + 12345) & 0x7fffffff
		local slot = seed % 300
		kept[slot] = { i, tostring(i):rep(seed % 40), { i } }
		if seed % 1000 == 0 then
			kept[slot] = ("x"):rep(seed % 200000)
		end
	end
	local sum = 0
	for slot, entry in pairs(kept) do
		sum = sum + slot * #(type(entry) == "table" and entry[2] or entry)
	end
	print(mode, sum)
	kept = nil
	collectgarbage()
	print(collectgarbage("count") < 200)
end

local finished = 0
local weak = setmetatable({}, { __mode = "v" })
for i = 1, 1000 do
	weak[i] = setmetatable({}, { __gc = function() finished = finished + 1 end })
end
collectgarbage()
collectgarbage()
print(finished, next(weak))

-- One string grows to megabytes, and a table to a hundred thousand entries.
local s = "0123456789"
while #s < 4000000 do
	s = s .. s
end
print(#s, s:sub(-5))
local t = {}
for i = 1, 100000 do
	t[#t + 1] = i
end
for i = 1, 99990 do
	table.remove(t)
end
print(#t, table.unpack(t))

-- No memory is an error like others.
print(pcall(string.rep, "x", 1 << 40))
print(pcall(string.rep, "x", 0x7fffffe0))
