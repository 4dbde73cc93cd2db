# zsh_offers.zsh SCRIPT LINE: what zsh, with a completion script, offers at the end of a line.
#
# Completion works only where somebody types: a second zsh does, on a terminal of ours. Its tab key
# completes as always, but what would be shown is also printed, a line each, by our own compadd; only
# not where that has -O, -A or -D, which ask and offer nothing.
zmodload zsh/zpty || exit 1
export TERM=xterm
zpty child zsh -f -i
zpty -w child "
PROMPT= RPROMPT=
autoload -Uz compinit; compinit -u -D
source ${(q)1}
offered() {
  compstate[insert]= compstate[list]=
  compadd() {
    [[ \"\$*\" == *-[OAD]' '* ]] && { builtin compadd \"\$@\"; return }
    local -a hits
    builtin compadd -A hits \"\$@\"
    print -rl -- offered:\$^hits
    builtin compadd \"\$@\"
  }
  _main_complete
  print -r -- no''-more
}
zle -C offered complete-word offered
bindkey '^I' offered
print -r -- rea''dy
"
zpty -r -m child seen '*ready*' || exit 1
zpty -w -n child "$2"$'\t'
zpty -r -m child seen '*no-more*' || exit 1
print -r -- ${seen//$'\r'/} | grep -ao 'offered:.*' | sort -u | sed 's/^offered://'
zpty -d child
