local mt = {__index = function(t, k) return k end, __add = function(a, b) return 1 end, __call = function(self, x) return x end,
  __len = function() return 3 end, __concat = function() return "c" end, __eq = function() return true end, __gc = print}
local a, b = setmetatable({}, mt), setmetatable({}, mt)
print(a.x, a + b, a(5), #a, a .. b, a == b)
a, b = nil, nil
collectgarbage()
