local ok, e = pcall(error, {code = 1})
print(ok, e.code, select(2, pcall(function() return nil + 1 end)))
print(xpcall(function() local t <close> = setmetatable({}, {__close = print}) error("x", 2) end, debug.traceback))
