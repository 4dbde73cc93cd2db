local f = load("local a, b = ... return a + b, _ENV", "=chunk", "t", {})
print(f(1, 2), load("x ="), load(function() return nil end))
