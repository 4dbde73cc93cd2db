#!/usr/bin/env bash
# Every relative link in a document leads to a file of this repository, and every `./run` command
# that a document names exists.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

# Not in fenced code, where a C++ lambda looks like a link.
links_of() { sed '/^```/,/^```/d' "$1" | grep -oE '\]\([^)#: ]+' | cut -c3- | sort -u; }
commands_of() { grep -ohE '\./run [a-z]+' "$1" | cut -d' ' -f2 | sort -u; }

while IFS= read -r document; do
  while IFS= read -r link; do
    expect "$document links to $link" test -e "$(dirname "$document")/$link"
  done < <(links_of "$document")
  while IFS= read -r command; do
    expect "$document: ./run $command exists" grep -qE "^  $command " <(bash run help)
  done < <(commands_of "$document")
done < <(git ls-files --cached --others --exclude-standard '*.md')
finish
