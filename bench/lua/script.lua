-- Tables, strings, closures, numbers and patterns, about as much of each.
local function queens(n)
  local count = 0
  local columns, down, up = {}, {}, {}
  local function place(row)
    if row > n then count = count + 1 return end
    for c = 1, n do
      if not (columns[c] or down[row - c] or up[row + c]) then
        columns[c], down[row - c], up[row + c] = true, true, true
        place(row + 1)
        columns[c], down[row - c], up[row + c] = nil, nil, nil
      end
    end
  end
  place(1)
  return count
end

local function mandelbrot(size)
  local inside = 0
  for py = 0, size - 1 do
    for px = 0, size - 1 do
      local cr, ci, zr, zi, n = 2 * px / size - 1.5, 2 * py / size - 1, 0.0, 0.0, 0
      while n < 50 and zr * zr + zi * zi < 4 do
        zr, zi, n = zr * zr - zi * zi + cr, 2 * zr * zi + ci, n + 1
      end
      if n == 50 then inside = inside + 1 end
    end
  end
  return inside
end

local function words(rounds)
  local counts, text = {}, {}
  for i = 1, rounds do text[i] = ("word%d"):format(i * i % 97) end
  for word in table.concat(text, " "):gmatch("%a+%d+") do counts[word] = (counts[word] or 0) + 1 end
  local names = {}
  for name in pairs(counts) do names[#names + 1] = name end
  table.sort(names, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a < b
  end)
  return names[1] .. counts[names[1]] .. names[#names]
end

local Point = {}
Point.__index = Point
Point.__add = function(a, b) return setmetatable({x = a.x + b.x, y = a.y + b.y}, Point) end
local function objects(rounds)
  local sum = setmetatable({x = 0, y = 0}, Point)
  for i = 1, rounds do sum = sum + setmetatable({x = i, y = -i}, Point) end
  return sum.x + sum.y
end

print(queens(8), mandelbrot(120), words(20000), objects(150000))
