local t = {5, 3, 9, [10] = 1, x = {y = 2}}
table.sort(t, function(a, b) return a > b end) table.insert(t, 2, 7) table.move(t, 1, 3, 2)
print(table.concat(t, ",", 1, 3), #t, table.unpack(t, 1, 2), next({}), table.remove(t))
for k, v in pairs(t) do print(k, v) end
