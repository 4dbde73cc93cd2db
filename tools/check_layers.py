#!/usr/bin/env python3
"""Checks who includes whom: check_layers.py [ROOT]; exit code 1 and a line for each violation.

    vm <- fork <- corpus <- fuzz <- cli        bench, tests -> anything
    harnesses: guest programs, only their own headers, harnesses/include/ and what they are built on

1. A room includes only its own headers and the public ones (ROOM/include/tine/) of rooms to its
   left. A public header includes only public headers.
2. No include climbs: `../` says that a file belongs elsewhere.
3. In vm/, fork/ and corpus/ the operating system is known to src/os*.cpp alone.
4. No two headers define a type of the same name in the same namespace. Sources that never meet would
   still share what templates make of it (std::vector<Place>), and the linker keeps only one of them.
"""
import pathlib
import re
import sys

ORDER = ["vm", "fork", "corpus", "fuzz", "cli"]
ROOMS_WITHOUT_OS = ["vm", "fork", "corpus"]
SOURCES = {".h", ".cpp", ".def", ".c", ".inc"}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
OS_HEADER = re.compile(
    r"^(sys/.*|linux/.*|arpa/.*|netinet/.*|unistd\.h|fcntl\.h|dirent\.h|poll\.h|pthread\.h|"
    r"sched\.h|signal\.h|csignal|spawn\.h|termios\.h|ucontext\.h|dlfcn\.h)$")


def sources_of(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in SOURCES and p.is_file())


def public_headers(root):
    """Every public header, as it is written in an include, with its room."""
    return {str(path.relative_to(root / room / "include")): room
            for room in ORDER for path in sources_of(root / room / "include")}


def check_include(room, path, quote, target, root, public):
    """The reason why this include is wrong, or None."""
    if "../" in target:
        return "an include must not climb with ../"
    if room in ROOMS_WITHOUT_OS and OS_HEADER.match(target):
        if not (path.parent.name == "src" and re.match(r"os.*\.cpp$", path.name)):
            return f"{target} belongs into {room}/src/os*.cpp alone"
    if target in public:
        if ORDER.index(public[target]) > ORDER.index(room):
            return f"{room} must not know {public[target]}, which stands to its right"
        return None
    if quote != '"':
        return None
    is_public = (root / room / "include") in path.parents
    if is_public:
        return f"a public header includes only public ones, not {target}"
    if not any((folder / target).is_file() for folder in (path.parent, root / room / "src")):
        return f"{target} is neither in {room} nor a public header of a room to its left"
    return None


def check_room(room, root, public):
    for path in sources_of(root / room):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            include = INCLUDE.match(line)
            reason = include and check_include(room, path, *include.groups(), root, public)
            if reason:
                yield f"{path.relative_to(root)}:{number}: {reason}"


def check_harnesses(root, public):
    for path in sources_of(root / "harnesses"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            include = INCLUDE.match(line)
            if include and (include.group(2) in public or "../" in include.group(2)):
                yield f"{path.relative_to(root)}:{number}: a guest must not include {include.group(2)}"


NAMESPACE = re.compile(r"^namespace (tine[a-z_:]*) \{")
TYPE = re.compile(r"^(?:struct|class|union|enum(?: class)?) (\w+)(?: final)?(?: : [^{]*)? \{")


def check_type_names(root):
    """Types at the outermost level of a namespace, which our headers do not indent."""
    seen = {}
    for room in ORDER:
        for path in sources_of(root / room):
            if path.suffix != ".h":
                continue
            namespace = None
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                entered = NAMESPACE.match(line)
                namespace = entered.group(1) if entered else namespace
                defined = TYPE.match(line)
                if not defined or namespace is None:
                    continue
                here = f"{path.relative_to(root)}:{number}"
                other = seen.setdefault((namespace, defined.group(1)), here)
                if other != here:
                    yield f"{here}: {namespace}::{defined.group(1)} is also defined in {other}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    public = public_headers(root)
    violations = [line for room in ORDER for line in check_room(room, root, public)]
    violations += check_harnesses(root, public)
    violations += check_type_names(root)
    print("\n".join(violations) if violations else "layers: in order")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
