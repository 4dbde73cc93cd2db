print(("hello world"):gsub("(%w+) (%w+)", "%2 %1"), ("k=v, a=b"):match("(%w+)=(%w+)$"), ("x"):rep(3, "-"))
for k in ("a1b22"):gmatch("%a%d+") do print(k, ("f(a(b)c)"):match("%b()"), ("THE end"):find("%f[%l]%l+")) end
print(string.pack("<i4z", 7, "s"), string.unpack("<I2", "\1\2"), ("%s"):format(setmetatable({}, {__tostring = function() return "t" end})))
