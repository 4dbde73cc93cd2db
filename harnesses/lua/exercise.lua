-- Every function of Lua's standard libraries, checked. It writes a few files into the present folder
-- and removes them; prints one line at the end. Run it as
--
--     tine run --dir harnesses/lua::. --dir SCRATCH::/tmp build/harnesses/lua.wasm exercise.lua /tmp
--
-- or with any other Lua 5.4. At the end it reads itself to see that it left no function out.

local scratch = (arg and arg[1] or ".") .. "/"
local checks = 0

local function same(got, wanted)
  checks = checks + 1
  if got ~= wanted and not (got ~= got and wanted ~= wanted) then
    error(("expected %s, got %s"):format(tostring(wanted), tostring(got)), 2)
  end
end

local function all_same(got, ...)
  local wanted = table.pack(...)
  same(got.n or #got, wanted.n)
  for i = 1, wanted.n do same(got[i], wanted[i]) end
end

-- The message of an error, without where it happened.
local function failure(f, ...)
  local ok, message = pcall(f, ...)
  same(ok, false)
  return (tostring(message):gsub("^[^:]*:%d+: ", ""))
end

local function contains(text, part)
  checks = checks + 1
  if not string.find(text, part, 1, true) then
    error(("%q does not contain %q"):format(text, part), 2)
  end
end

local sections = {}

function sections.basics()
  same(_VERSION, "Lua 5.4")
  same(_G._G, _G)
  same(type(nil), "nil"); same(type(print), "function"); same(type({}), "table")
  same(type(coroutine.create(print)), "thread"); same(type(io.stdout), "userdata")
  all_same(table.pack(assert(1, 2, 3)), 1, 2, 3)
  same(failure(assert, false, "told you"), "told you")
  same(failure(assert, nil), "assertion failed!")
  all_same(table.pack(select(2, "a", "b", "c")), "b", "c")
  same(select("#", nil, nil), 2); same(select(-1, 1, 2, 9), 9)
  same(tonumber("0x10"), 16); same(tonumber("  12  "), 12); same(tonumber("1e1"), 10.0)
  same(tonumber("zz", 36), 35 * 36 + 35); same(tonumber("8", 8), nil); same(tonumber("0x.8p1"), 1.0)
  same(tostring(1e15), "1e+15"); same(tostring(-0.0), "-0.0"); same(tostring(2^53), "9.007199254741e+15")
  same(tostring(setmetatable({}, {__tostring = function() return "me" end})), "me")
  contains(tostring(setmetatable({}, {__name = "Kind"})), "Kind: ")
  same(rawequal("a", "a"), true); same(rawlen({1, 2}), 2); same(rawlen("abc"), 3)
  local t = setmetatable({}, {__index = function(_, k) return k .. "!" end, __newindex = function() end})
  t.x = 1
  same(t.x, "x!"); same(rawget(t, "x"), nil)
  rawset(t, "x", 2); same(t.x, 2)
  same(next({}), nil); same(next({5}), 1)
  local sum = 0
  for k, v in pairs({10, 20, x = 30}) do sum = sum + v; same(k ~= nil, true) end
  same(sum, 60)
  sum = 0
  for i, v in ipairs({1, 2, nil, 4}) do sum = sum + i * v end
  same(sum, 5)
  local visited = {}
  local proxy = setmetatable({}, {__pairs = function() return function(_, k) if not k then return 1, 2 end end end})
  for k, v in pairs(proxy) do visited[k] = v end
  same(visited[1], 2)
  same(getmetatable("").__index, string)
  same(getmetatable(setmetatable({}, {__metatable = "locked"})), "locked")
  same(failure(setmetatable, setmetatable({}, {__metatable = 1}), {}), "cannot change a protected metatable")
  warn("@off"); warn("nobody sees this"); warn("@on"); warn("@off")
  print("exercise: print works", 1, nil, true)
end

function sections.arithmetic()
  same(7 // 2, 3); same(-7 // 2, -4); same(7 % -3, -2); same(-7 % 3, 2); same(7.5 // 2, 3.0)
  same(1 / 0, math.huge); same(0 / 0 ~= 0 / 0, true); same(2 ^ 10, 1024.0); same(3 | 4, 7)
  same(7 & 10, 2); same(5 ~ 1, 4); same(~0, -1); same(1 << 63, math.mininteger); same(1 << 64, 0)
  same(-1 >> 60, 15); same("10" + 5, 15); same("3" * "4", 12); same(10 .. 20, "1020")
  same(math.maxinteger + 1, math.mininteger); same(1 == 1.0, true); same("1" == 1, false)
  local zero = 0
  same(failure(function() return 1 // zero end), "attempt to divide by zero")
  same(failure(function() return 1 % zero end), "attempt to perform 'n%0'")
  contains(failure(function() return {} + 1 end), "attempt to perform arithmetic on a table value")
  contains(failure(function() return 1.5 | 1 end), "number has no integer representation")
  contains(failure(function() return 1 < "2" end), "attempt to compare number with string")
  local n = 0
  for i = 10, 1, -3 do n = n + i end
  same(n, 22)
  n = 0
  for x = 0.0, 1.0, 0.25 do n = n + x end
  same(n, 2.5)
  same(failure(function() for _ = 1, 2, 0 do end end), "'for' step is zero")
end

function sections.strings()
  all_same(table.pack(string.byte("ABC", 1, -1)), 65, 66, 67)
  same(string.char(72, 105), "Hi"); same(string.len("a\0b"), 3); same(#"\u{20AC}", 3)
  same(string.lower("ÄbC"), "Äbc"); same(string.upper("abc"), "ABC")
  same(string.rep("ab", 3, "-"), "ab-ab-ab"); same(string.rep("x", 0), ""); same(string.reverse("abc"), "cba")
  same(string.sub("hello", 2, -2), "ell"); same(string.sub("hello", -100, 2), "he"); same(("x"):sub(3), "")
  all_same(table.pack(string.find("a.b", ".", 1, true)), 2, 2)
  all_same(table.pack(string.find("key = value", "(%w+)%s*=%s*(%w+)")), 1, 11, "key", "value")
  same(string.find("abc", "z"), nil); same(string.find("", ""), 1)
  same(string.match("2026-11-21", "^(%d+)-"), "2026"); same(string.match("  x ", "^%s*(.-)%s*$"), "x")
  same(string.match("f(a(b)c)d", "%b()"), "(a(b)c)"); same(string.match("THE (quick) fox", "%((%a+)%)"), "quick")
  same(string.match("hello world", "%f[%w]%w+$"), "world"); same(string.match("abc", "()b()"), 2)
  local words = {}
  for w in string.gmatch("one two  three", "%a+") do words[#words + 1] = w end
  all_same(words, "one", "two", "three")
  for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do words[k] = v end
  same(words.a .. words.b, "12")
  all_same(table.pack(string.gsub("hello", "l", "L")), "heLLo", 2)
  same(string.gsub("hello", "l", {l = "1"}), "he11o"); same(string.gsub("abc", "%w", "%0%0", 2), "aabbc")
  same(string.gsub("abc", "", "-"), "-a-b-c-"); same(string.gsub("x", ".", function() return false end), "x")
  same(string.gsub("$name is $age", "%$(%w+)", {name = "Lua", age = 33}), "Lua is 33")
  contains(failure(string.find, "x", "("), "unfinished capture")
  contains(failure(string.gsub, "x", "(x)", "%2"), "invalid capture index")
  contains(failure(string.find, "x", "[a"), "malformed pattern (missing ']')")
  contains(failure(string.rep, "x", 1 << 62), "resulting string too large")
  same(string.format("%5d|%-5d|%05d|%+d", 42, 42, 42, 42), "   42|42   |00042|+42")
  same(string.format("%x %X %#x %o %c", 255, 255, 255, 8, 65), "ff FF 0xff 10 A")
  same(string.format("%.3f %e %g %a", 1 / 3, 12345.678, 1e20, 1.0), "0.333 1.234568e+04 1e+20 0x1p+0")
  same(string.format("%q", 'a "b"\n\0\r'), '"a \\"b\\"\\\n\\0\\13"'); same(string.format("%q", 1 / 3), "0x1.5555555555555p-2")
  same(string.format("%s %10s %-10s| %.2s %%", nil, "r", "l", "cut"), "nil          r l         | cu %")
  same(string.format("%i", 3.0), "3")
  contains(failure(string.format, "%d", 3.5), "number has no integer representation")
  contains(failure(string.format, "%y", 1), "invalid conversion")
  local packed = string.pack("<i4 >I2 z s1 d", -2, 258, "zero", "pre", 0.5)
  same(string.packsize("<i4 >I2"), 6); same(#packed, 6 + 5 + 4 + 8)
  all_same(table.pack(string.unpack("<i4 >I2 z s1 d", packed)), -2, 258, "zero", "pre", 0.5, #packed + 1)
  same(string.pack(">i3", -1), "\255\255\255"); same(string.unpack("<!8 xXi8 j", string.pack("<!8 xXi8 j", 7)), 7)
  contains(failure(string.pack, "i1", 200), "integer overflow")
  contains(failure(string.unpack, "<i4", "abc"), "data string too short")
  local code = string.dump(function(x) return x * 2 end)
  same(code:sub(1, 4), "\27Lua"); same(load(code, "dumped", "b")(21), 42)
  same("a" < "b", true); same("Z" < "a", true); same("a\0b" > "a", true)
  same(("x"):rep(3):upper():len(), 3)
  same([==[
line]==], "line"); same("\x41\65\z
      B\u{7A}", "AABz")
end

function sections.tables()
  same(table.concat({1, 2, 3}, ", "), "1, 2, 3"); same(table.concat({"a", "b", "c"}, "", 2, 3), "bc")
  same(table.concat({}), "")
  contains(failure(table.concat, {1, {}, 3}), "invalid value (table) at index 2")
  local t = {1, 2, 3}
  table.insert(t, 4); table.insert(t, 1, 0)
  all_same(t, 0, 1, 2, 3, 4)
  same(table.remove(t), 4); same(table.remove(t, 1), 0); all_same(t, 1, 2, 3)
  same(table.remove({}), nil)
  contains(failure(table.insert, t, 9, 9), "out of bounds")
  contains(failure(table.insert, t), "wrong number of arguments")
  all_same(table.move({1, 2, 3}, 1, 3, 2), 1, 1, 2, 3)
  all_same(table.move({1, 2, 3}, 2, 3, 1), 2, 3, 3)
  all_same(table.move({1, 2}, 1, 2, 1, {}), 1, 2)
  same(table.pack(nil, nil).n, 2)
  all_same(table.pack(table.unpack({1, 2, 3}, 2)), 2, 3)
  contains(failure(table.unpack, {}, 1, 1e8), "too many results to unpack")
  local numbers = {}
  local seed = 12345
  for i = 1, 500 do
    seed = (seed * 1103515245 + 12345) % 2147483648
    numbers[i] = seed % 1000
  end
  table.sort(numbers)
  for i = 2, #numbers do same(numbers[i - 1] <= numbers[i], true) end
  table.sort(numbers, function(a, b) return a > b end)
  for i = 2, #numbers do same(numbers[i - 1] >= numbers[i], true) end
  contains(failure(table.sort, {3, 1, "x"}), "attempt to compare")
  contains(failure(table.sort, {1, 2, 3, 4, 5, 6}, function() return true end), "invalid order function")
  same(#{1, 2, 3, nil}, 3); same(#{n = 1}, 0)
  local holes = {}
  for i = 1, 100 do holes[i] = i end
  for i = 1, 100, 2 do holes[i] = nil end
  local count = 0
  for _ in pairs(holes) do count = count + 1 end
  same(count, 50)
  contains(failure(function() holes[nil] = 1 end), "index is nil")
  contains(failure(function() holes[0 / 0] = 1 end), "index is NaN")
end

function sections.mathematics()
  local function near(a, b) same(math.abs(a - b) < 1e-12, true) end
  same(math.abs(-3), 3); same(math.abs(math.mininteger), math.mininteger)
  near(math.acos(0), math.pi / 2); near(math.asin(1), math.pi / 2); near(math.atan(1), math.pi / 4)
  near(math.atan(-1, -1), -3 * math.pi / 4)
  same(math.ceil(1.2), 2); same(math.ceil(-1.2), -1); same(math.floor(-1.2), -2); same(math.floor(3), 3)
  near(math.cos(math.pi), -1); near(math.sin(math.pi / 6), 0.5); near(math.tan(math.pi / 4), 1)
  near(math.deg(math.pi), 180); near(math.rad(90), math.pi / 2)
  near(math.exp(1), 2.718281828459045); near(math.log(math.exp(2)), 2)
  same(math.log(8, 2), 3.0); near(math.log(1000, 10), 3); near(math.log(27, 3), 3)
  same(math.fmod(-7, 3), -1); near(math.fmod(5.5, 2), 1.5)
  contains(failure(math.fmod, 1, 0), "zero")
  same(math.huge, 1 / 0); same(math.max(1, 5, 3), 5); same(math.min(2, -1.5), -1.5)
  same(math.maxinteger, 0x7fffffffffffffff); same(math.mininteger, -0x7fffffffffffffff - 1)
  all_same(table.pack(math.modf(3.7)), 3.0, 3.7 - 3); same(math.modf(-math.huge), -math.huge)
  same(math.sqrt(16), 4.0); same(math.tointeger(3.0), 3); same(math.tointeger(3.5), nil)
  same(math.tointeger("8"), math.tointeger("8")); same(math.type(1), "integer"); same(math.type(1.0), "float")
  same(math.type("1"), nil); same(math.ult(1, -1), true); same(math.ult(-1, 1), false)
  math.randomseed(42)
  local first = {math.random(), math.random(100), math.random(-5, 5), math.random(0)}
  math.randomseed(42)
  all_same({math.random(), math.random(100), math.random(-5, 5), math.random(0)}, table.unpack(first))
  for _ = 1, 1000 do
    local r = math.random(3, 7)
    same(r >= 3 and r <= 7 and math.type(r) == "integer", true)
    local f = math.random()
    same(f >= 0 and f < 1, true)
  end
  contains(failure(math.random, 2, 1), "interval is empty")
end

function sections.unicode()
  same(utf8.char(72, 228, 8364, 128512), "Hä€😀"); same(utf8.charpattern, "[\0-\x7F\xC2-\xFD][\x80-\xBF]*")
  all_same(table.pack(utf8.codepoint("ä€", 1, -1)), 228, 8364)
  same(utf8.len("ä€😀"), 3); all_same(table.pack(utf8.len("a\xff")), nil, 2); same(utf8.len("äb", -1), 1)
  same(utf8.offset("ä€x", 3), 6); same(utf8.offset("ä€x", -1), 6); same(utf8.offset("ä€", 0, 2), 1)
  local seen = {}
  for at, code in utf8.codes("aé") do seen[#seen + 1] = at; seen[#seen + 1] = code end
  all_same(seen, 1, 97, 2, 233)
  contains(failure(function() for _ in utf8.codes("\xff") do end end), "invalid UTF-8 code")
  contains(failure(utf8.codepoint, "\xed\xa0\x80"), "invalid UTF-8 code")
  same(utf8.codepoint("\xed\xa0\x80", 1, 1, true), 0xd800)
  local n = 0
  for _ in string.gmatch("ä€😀", utf8.charpattern) do n = n + 1 end
  same(n, 3)
end

function sections.files()
  local name = scratch .. "exercise.tmp"
  local f = assert(io.open(name, "w"))
  same(io.type(f), "file"); same(io.type(1), nil); contains(tostring(f), "file (0x")
  same(f:write("first\n", 2, " ", 3.5, "\nthird line\n"), f)
  same(f:setvbuf("full", 1024), true); same(f:setvbuf("line"), true); same(f:setvbuf("no"), true)
  same(f:flush() ~= nil, true); same(f:seek("cur"), 6 + 6 + 11); same(f:close(), true)
  same(io.type(f), "closed file"); contains(failure(f.write, f, "x"), "closed file")
  f = assert(io.open(name, "r"))
  same(f:read(), "first"); same(f:read("n"), 2); same(f:read("n"), 3.5); same(f:read("L"), "\n")
  same(f:read(5), "third"); same(f:read(0), ""); same(f:read("a"), " line\n"); same(f:read("l"), nil)
  same(f:read("a"), ""); same(f:read(0), nil)
  same(f:seek("set", 6), 6); all_same(table.pack(f:read("n", "n", "l", "l")), 2, 3.5, "", "third line")
  same(f:seek("end"), 23); same(f:seek("end", -5), 18); same(f:read("a"), "line\n")
  f:close()
  local lines = {}
  for line in io.lines(name) do lines[#lines + 1] = line end
  all_same(lines, "first", "2 3.5", "third line")
  for a, b in io.lines(name, 1, "l") do lines[1] = a .. "|" .. b break end
  same(lines[1], "f|irst")
  f = assert(io.open(name, "a+"))
  f:write("more")
  f:seek("set")
  local all = {}
  for line in f:lines("L") do all[#all + 1] = line end
  same(table.concat(all), "first\n2 3.5\nthird line\nmore")
  f:close()
  f = assert(io.open(name, "r+b")); f:write("FIRST"); f:seek("set", 0); same(f:read("l"), "FIRST"); f:close()
  do
    local closed <close> = assert(io.open(name))
    f = closed
  end
  same(io.type(f), "closed file")
  local old_out, old_in = io.output(), io.input()
  io.output(name); io.write("through ", "output"); io.output():flush(); io.flush(); io.close()
  io.output(old_out)
  io.input(name); same(io.read("a"), "through output"); io.close(io.input()); io.input(old_in)
  same(io.stdout, old_out); same(io.stdin, old_in); same(io.type(io.stderr), "file")
  same(io.stderr:write(""), io.stderr)
  local none, message, code = io.open(scratch .. "no/such/file")
  same(none, nil); contains(message, "no/such/file: "); same(math.type(code), "integer")
  contains(failure(io.open, name, "rz"), "invalid mode")
  contains(failure(io.lines, scratch .. "none"), "none")
  local temporary = io.tmpfile()
  if temporary then temporary:write("t"); temporary:close() end
  same(pcall(io.popen, "true") or true, true)  -- no processes in WASI; elsewhere there are
  local moved = scratch .. "exercise2.tmp"
  same(os.rename(name, moved), true); same(io.open(name), nil)
  same(os.remove(moved), true)
  none, message = os.remove(moved)
  same(none, nil); contains(message, "exercise2.tmp")
  none, message = os.rename(moved, name)
  same(none, nil)
end

function sections.system()
  same(os.time({year = 2026, month = 11, day = 21, hour = 12}) - os.time({year = 2026, month = 11, day = 20, hour = 12}), 86400)
  same(os.date("!%Y-%m-%d %H:%M:%S", 0), "1970-01-01 00:00:00")
  same(os.date("!%A %B %j %p %y %%", 86400 * 45), "Sunday February 046 AM 70 %")
  local d = os.date("!*t", 1000000000)
  all_same({d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst}, 2001, 9, 9, 1, 46, 40, 1, 252, false)
  local t = {year = 2026, month = 14, day = -3, hour = 0}
  os.time(t)
  same(t.year * 100 + t.month, 202701); same(t.day, 28)
  contains(failure(os.time, {year = 2026}), "missing in date table")
  contains(failure(os.date, "%Ez", 0), "invalid conversion specifier")
  same(os.difftime(10, 4), 6.0); same(math.type(os.time()), "integer"); same(os.clock() >= 0, true)
  same(os.getenv("TINE_NO_SUCH_VARIABLE"), nil)
  same(os.setlocale("C"), "C"); same(os.setlocale(nil, "numeric"), "C"); os.setlocale("xx_YY"); os.setlocale("C")  -- C libraries differ in what they take
  same(type(os.execute()), "boolean")
  same(pcall(os.tmpname) ~= nil, true)
end

function sections.coroutines()
  local co = coroutine.create(function(a, b)
    same(coroutine.isyieldable(), true)
    local c = coroutine.yield(a + b)
    local d, e = coroutine.yield(c * 2)
    return d + e, "done"
  end)
  same(coroutine.status(co), "suspended")
  all_same(table.pack(coroutine.resume(co, 1, 2)), true, 3)
  all_same(table.pack(coroutine.resume(co, 10)), true, 20)
  all_same(table.pack(coroutine.resume(co, 3, 4)), true, 7, "done")
  same(coroutine.status(co), "dead")
  all_same(table.pack(coroutine.resume(co)), false, "cannot resume dead coroutine")
  local function count(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
  local sum = 0
  for i in count(100) do sum = sum + i end
  same(sum, 5050)
  local main, is_main = coroutine.running()
  same(is_main, true); same(coroutine.status(main), "running"); same(coroutine.isyieldable(), false)
  contains(failure(coroutine.yield), "outside a coroutine")
  -- Errors, pcall and yields across each other.
  co = coroutine.wrap(function()
    local ok, message = pcall(function()
      coroutine.yield("inside pcall")
      error({code = 7})
    end)
    same(ok, false)
    coroutine.yield(message.code)
    error("out")
  end)
  same(co(), "inside pcall"); same(co(), 7); contains(failure(co), "out")
  local closed = false
  co = coroutine.create(function()
    local x <close> = setmetatable({}, {__close = function() closed = true end})
    coroutine.yield()
  end)
  coroutine.resume(co)
  same(coroutine.close(co), true); same(closed, true); same(coroutine.status(co), "dead")
  -- Coroutines in coroutines, a permutation generator.
  local function permutations(a, n)
    if n == 0 then coroutine.yield(table.concat(a)) end
    for i = 1, n do
      a[n], a[i] = a[i], a[n]
      permutations(a, n - 1)
      a[n], a[i] = a[i], a[n]
    end
  end
  local seen, n = {}, 0
  for p in coroutine.wrap(function() permutations({"a", "b", "c", "d"}, 4) end) do
    if not seen[p] then n = n + 1 end
    seen[p] = true
  end
  same(n, 24)
  local outer = coroutine.wrap(function()
    local inner = coroutine.wrap(function() coroutine.yield(1); coroutine.yield(2) end)
    coroutine.yield(inner() * 10)
    coroutine.yield(inner() * 10)
  end)
  same(outer() + outer(), 30)
  local many = {}
  for i = 1, 1000 do many[i] = coroutine.wrap(function() local v = i while true do v = v + coroutine.yield(v) end end) end
  sum = 0
  for i = 1, 1000 do sum = sum + many[i]() end
  for i = 1, 1000 do sum = sum + many[i](1) end
  same(sum, 500500 * 2 + 1000)
end

function sections.errors()
  local ok, message = pcall(error, "plain")
  same(ok, false); same(message, "plain")
  ok, message = pcall(error, "where", 0); same(message, "where")
  ok, message = pcall(function() error("here") end); contains(message, "exercise.lua:")
  ok, message = pcall(function() error() end); same(message, nil)
  local object = {}
  ok, message = pcall(error, object); same(message, object)
  all_same(table.pack(xpcall(function(...) return select("#", ...) end, print, 1, 2)), true, 2)
  all_same(table.pack(xpcall(error, function(m) return m .. "!" end, "handled")), false, "handled!")
  contains(select(2, xpcall(function() local x = nil; x.y = 1 end, debug.traceback)), "stack traceback:")
  contains(failure(function() undefined_function() end), "attempt to call a nil value (global 'undefined_function')")
  contains(failure(function() return ("x").y.z end), "attempt to index a nil value (field 'y')")
  contains(failure(function() return #5 end), "attempt to get length of a number value")
  contains(failure(function() return {} .. "x" end), "attempt to concatenate a table value")
  -- A thousand errors deep, and a thousand times.
  local function deep(n) if n == 0 then error("bottom", 0) end deep(n - 1) end
  for _ = 1, 1000 do same(failure(deep, 50), "bottom") end
  local function nest(n) if n == 0 then error("innermost", 0) end return select(2, pcall(nest, n - 1)) end
  same(nest(100), "innermost")
  contains(failure(function() local function f() return 1 + f() end return f() end), "stack overflow")
  contains(failure(string.rep), "(string expected, got no value)")
  local log = {}
  do
    local ok2 = pcall(function()
      local a <close> = setmetatable({}, {__close = function(_, e) log[#log + 1] = "a" .. tostring(e) end})
      local b <close> = setmetatable({}, {__close = function(_, e) log[#log + 1] = "b" .. tostring(e) end})
      error("e", 0)
    end)
    same(ok2, false)
  end
  all_same(log, "be", "ae")
  local c <const> = 5
  contains(select(2, load("local x <const> = 1; x = 2")), "attempt to assign to const variable 'x'")
  same(c, 5)
end

function sections.jumps()
  local found
  for i = 1, 10 do
    for j = 1, 10 do
      if i * j == 42 then found = {i, j} goto out end
    end
  end
  ::out::
  all_same(found, 6, 7)
  local odd = 0
  for i = 1, 10 do
    if i % 2 == 0 then goto continue end
    odd = odd + i
    ::continue::
  end
  same(odd, 25)
  local n = 0
  ::top::
  n = n + 1
  if n < 5 then goto top end
  same(n, 5)
  contains(select(2, load("goto nowhere")), "no visible label 'nowhere'")
  contains(select(2, load("break")), "break outside loop")
  local closures = {}
  for i = 1, 3 do closures[i] = function() i = i + 1 return i end end
  same(closures[1]() + closures[1]() + closures[2](), 2 + 3 + 3)
  repeat local done = true until done
  while true do break end
  local function variadic(...) local a, b = ... return select("#", ...), a, b, ... end
  all_same(table.pack(variadic(1, nil, 3)), 3, 1, nil, 1, nil, 3)
  local function tail(k) if k == 0 then return "end" end return tail(k - 1) end
  same(tail(100000), "end")
end

function sections.metatables()
  local log = {}
  local mt = {}
  local function V(x) return setmetatable({x = x}, mt) end
  local function value(a) return type(a) == "table" and a.x or a end
  for _, op in ipairs({"add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl", "shr", "bnot", "concat"}) do
    mt["__" .. op] = function(a, b) log[#log + 1] = op return V(value(a)) end
  end
  local a, b = V(1), V(2)
  local _ = a + b, a - 1, 1 * a, a / b, a % b, a ^ b, -a, a // b, a & 1, 1 | a, a ~ b, a << 1, a >> 1, ~a, a .. "x", "x" .. a
  same(table.concat(log, " "), "add sub mul div mod pow unm idiv band bor bxor shl shr bnot concat concat")
  mt.__eq = function(p, q) return p.x == q.x end
  mt.__lt = function(p, q) return value(p) < value(q) end
  mt.__le = function(p, q) return value(p) <= value(q) end
  mt.__len = function(p) return p.x * 100 end
  mt.__call = function(self, ...) return self.x, ... end
  same(V(1) == V(1), true); same(a ~= b, true); same(a < b, true); same(a >= b, false); same(a <= 1, true)
  same(#b, 200); all_same(table.pack(a("p", "q")), 1, "p", "q")
  local Animal = {} Animal.__index = Animal
  function Animal.new(name) return setmetatable({name = name}, Animal) end
  function Animal:speak() return self.name .. " speaks" end
  local Dog = setmetatable({}, {__index = Animal}) Dog.__index = Dog
  function Dog.new(name) return setmetatable(Animal.new(name), Dog) end
  function Dog:speak() return Animal.speak(self) .. ": woof" end
  same(Dog.new("Rex"):speak(), "Rex speaks: woof")
  local finalised = 0
  for _ = 1, 10 do setmetatable({}, {__gc = function() finalised = finalised + 1 end}) end
  collectgarbage(); collectgarbage()
  same(finalised, 10)
  local weak = setmetatable({}, {__mode = "v"})
  weak[1] = {}; weak[2] = "string"
  local ephemeron = setmetatable({}, {__mode = "k"})
  do local key = {} ephemeron[key] = {key} end
  collectgarbage("collect")
  same(weak[1], nil); same(weak[2], "string"); same(next(ephemeron), nil)
end

function sections.collector()
  same(collectgarbage("count") > 10, true); same(collectgarbage("isrunning"), true)
  collectgarbage("stop"); same(collectgarbage("isrunning"), false); collectgarbage("restart")
  same(type(collectgarbage("step", 10)), "boolean")
  collectgarbage("incremental")
  same(collectgarbage("incremental", 200, 200), "incremental")
  same(collectgarbage("generational"), "incremental")
  for i = 1, 20000 do local garbage = {i, {i}} ; if garbage[1] == 0 then break end end
  same(collectgarbage("incremental"), "generational")
  same(math.type(collectgarbage("setpause", 200)), "integer"); same(math.type(collectgarbage("setstepmul", 100)), "integer")
end

function sections.loading()
  same(load("return 1 + 1")(), 2)
  local env = {y = 5}
  same(load("x = y * 2 return x", "chunk", "t", env)(), 10); same(env.x, 10); same(x, nil)
  local pieces, at = {"return ", "4", "2"}, 0
  same(load(function() at = at + 1 return pieces[at] end)(), 42)
  local none, message = load("return 1 +", "=mine")
  same(none, nil); same(message, "mine:1: unexpected symbol near <eof>")
  same(select(2, load("x = = 1", "@file.lua")), "file.lua:1: unexpected symbol near '='")
  contains(select(2, load("\27Lua", "b", "t")), "attempt to load a binary chunk")
  contains(select(2, load("x = 'unfinished")), "unfinished string")
  contains(select(2, load("x = 0x")), "malformed number")
  contains(select(2, load("local a <foo> = 1")), "unknown attribute 'foo'")
  contains(select(2, load(("("):rep(300) .. "1" .. (")"):rep(300))), "C stack overflow")
  local name = scratch .. "exercise_module.lua"
  local f = assert(io.open(name, "w"))
  f:write("local name = ... return {name = name, twice = function(x) return x * 2 end}")
  f:close()
  same(assert(loadfile(name))("n").name, "n"); same(dofile(name).twice(4), 8)
  same(select(2, loadfile(scratch .. "none.lua")) ~= nil, true)
  package.path = scratch .. "?.lua"
  local module, where = require("exercise_module")
  same(module.twice(3), 6); same(module.name, "exercise_module"); same(where, name)
  same(require("exercise_module"), module); same(package.loaded.exercise_module, module)
  same(package.searchpath("exercise_module", package.path), name)
  none, message = package.searchpath("none", "?.x;?.y")
  same(none, nil); contains(message, "no file 'none.x'")
  package.preload.made = function(n) return "made " .. n end
  same(require("made"), "made made")
  contains(failure(require, "no.such.module"), "module 'no.such.module' not found")
  same(#package.searchers, 4); same(package.config:sub(1, 1), "/"); same(type(package.cpath), "string")
  same(select("#", package.loadlib("none.so", "f")) >= 2, true)
  os.remove(name)
end

function sections.debugging()
  local function subject(a, b)
    local c = a + b
    local info = debug.getinfo(1, "nSlutf")
    same(info.currentline > info.linedefined, true); same(info.what, "Lua"); same(info.nparams, 2)
    same(info.func, debug.getinfo(1, "f").func)
    all_same(table.pack(debug.getlocal(1, 1)), "a", a); all_same(table.pack(debug.getlocal(1, 3)), "c", c)
    same(debug.setlocal(1, 3, 99), "c")
    return c
  end
  same(subject(1, 2), 99); same(debug.getlocal(subject, 2), "b")
  local up, other = 1, 2
  local function f() return up end
  local function g() return other end
  all_same(table.pack(debug.getupvalue(f, 1)), "up", 1); same(debug.setupvalue(f, 1, 5), "up"); same(up, 5)
  same(debug.upvalueid(f, 1) ~= debug.upvalueid(g, 1), true)
  debug.upvaluejoin(f, 1, g, 1); same(f(), 2)
  local lines = 0
  debug.sethook(function() lines = lines + 1 end, "l")
  local _ = 1
  _ = 2
  same(debug.gethook() ~= nil, true)
  debug.sethook()
  same(lines >= 3, true); same(debug.gethook(), nil)
  local counted = 0
  debug.sethook(function() counted = counted + 1 end, "", 100)
  for _ = 1, 10000 do end
  debug.sethook()
  same(counted >= 100, true)
  local calls = {}
  debug.sethook(function(event) calls[#calls + 1] = event end, "cr")
  math.abs(1)
  debug.sethook()
  same(calls[2], "call"); same(calls[3], "return")
  contains(debug.traceback("message"), "message\nstack traceback:")
  local metatable = debug.getmetatable("")
  same(metatable.__index, string)
  debug.setmetatable(10, {__index = math})
  same((4):type(), "integer")
  debug.setmetatable(10, nil)
  same(type(debug.getregistry()), "table")
  same(debug.getuservalue(io.stdout, 1), nil); same(debug.setuservalue(io.stdout, 1, 1), nil)
  same(type(debug.setcstacklimit(200)), "number")
  same(type(debug.debug), "function")  -- not called: debug.debug() would read from the terminal
end

function sections.programs()
  -- Eight queens, a sieve, a word count, a matrix, memoised recursion: several libraries at once.
  local solutions = 0
  local function place(row, columns, down, up)
    if row > 8 then solutions = solutions + 1 return end
    for c = 1, 8 do
      if not (columns[c] or down[row - c] or up[row + c]) then
        columns[c], down[row - c], up[row + c] = true, true, true
        place(row + 1, columns, down, up)
        columns[c], down[row - c], up[row + c] = nil, nil, nil
      end
    end
  end
  place(1, {}, {}, {})
  same(solutions, 92)
  local sieve, primes = {}, 0
  for i = 2, 5000 do
    if not sieve[i] then
      primes = primes + 1
      for j = i * i, 5000, i do sieve[j] = true end
    end
  end
  same(primes, 669)
  local memo = setmetatable({}, {__index = function(t, n)
    local v = n < 2 and n or t[n - 1] + t[n - 2]
    rawset(t, n, v)
    return v
  end})
  same(memo[80], 23416728348467685)
  local counts = {}
  for word in ("the quick the lazy the end"):gmatch("%a+") do counts[word] = (counts[word] or 0) + 1 end
  local keys = {}
  for k in pairs(counts) do keys[#keys + 1] = k end
  table.sort(keys, function(p, q) if counts[p] ~= counts[q] then return counts[p] > counts[q] end return p < q end)
  same(table.concat(keys, " "), "the end lazy quick")
  local text = {}
  for i = 1, 2000 do text[#text + 1] = ("%d:%s"):format(i, ("x"):rep(i % 7)) end
  local joined = table.concat(text, ",")
  local total = 0
  for number in joined:gmatch("(%d+):") do total = total + tonumber(number) end
  same(total, 2001000)
end

-- Every function of the libraries stands somewhere above with an opening bracket behind its name, or
-- as an argument of failure() or pcall().
local function check_completeness()
  local f = assert(io.open(arg[0]))
  local source = f:read("a")
  f:close()
  local missing = {}
  local function look(prefix, name)
    local full = (prefix .. name):gsub("%.", "%%.")
    local is_called = source:find("%f[%w_.]" .. full .. "%s*[%(,%)]")
    if not is_called then missing[#missing + 1] = prefix .. name end
  end
  for _, library in ipairs({"string", "table", "math", "utf8", "os", "io", "coroutine", "debug", "package"}) do
    for name, v in pairs(_G[library]) do
      if type(v) == "function" then look(library .. ".", name) end
    end
  end
  for name, v in pairs(_G) do
    if type(v) == "function" then look("", name) end
  end
  for name, v in pairs(getmetatable(io.stdout).__index) do
    checks = checks + 1
    if not source:find(":" .. name .. "(", 1, true) then missing[#missing + 1] = "file:" .. name end
  end
  table.sort(missing)
  same(table.concat(missing, " "), "")
end

local order = {"basics", "arithmetic", "strings", "tables", "mathematics", "unicode", "files", "system",
  "coroutines", "errors", "jumps", "metatables", "collector", "loading", "debugging", "programs"}
for _, name in ipairs(order) do
  local ok, message = xpcall(sections[name], debug.traceback)
  if not ok then
    io.stderr:write(name, ": ", tostring(message), "\n")
    os.exit(false)
  end
  sections[name] = nil
end
same(next(sections), nil)
check_completeness()
print(("exercise: %d sections, more than %d checks"):format(#order, checks // 1000 * 1000))
os.exit(true, true)
