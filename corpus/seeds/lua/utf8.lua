for p, c in utf8.codes("aé€😀") do print(p, c, utf8.char(c)) end
print(utf8.len("\xff"), utf8.offset("aé", -1), utf8.codepoint("é", 1))
