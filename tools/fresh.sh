# ./run fresh: does a newcomer's machine do? Makes a minimal Debian 12 with nothing but git in a
# temporary folder, clones the present commit into it and runs `./run test` and `./run demo` there.
#
# The mirror, its keys, proxies and name server are this machine's own. Needs root (chroot, mount).

run_fresh() {
  need fresh
  [ "$(id -u)" = 0 ] || die "fresh needs root, for debootstrap and chroot"
  git rev-parse HEAD >/dev/null || die "fresh clones a commit, and there is none"
  FRESH=$(mktemp -d -t tine-fresh.XXXXXX)
  trap fresh_remove EXIT
  fresh_make_debian
  fresh_clone
  local command
  for command in test demo; do
    say "fresh: ./run $command"
    chroot "$FRESH" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
      bash "$FRESH_CHECKOUT/run" "$command" </dev/null
  done
  say "fresh: a new machine runs both commands"
}

# Where the clone lies in the new machine; the spec suite lies beside it, as it does here.
readonly FRESH_CHECKOUT=/work/tine

fresh_make_debian() {
  local mirror proxy
  mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' \
    'Created-By: Packages' | awk '$1 == "bookworm" && $2 == "main" { print $3; exit }')
  [ -n "$mirror" ] || die "the package sources of this machine name no mirror of bookworm"
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  say "fresh: a minimal Debian 12"
  quietly fresh-debootstrap env ${proxy:+http_proxy="$proxy"} \
    debootstrap --variant=minbase --include=git bookworm "$FRESH" "$mirror"
  fresh_copy_apt_configuration
  cp --dereference /etc/resolv.conf "$FRESH/etc/resolv.conf"
  mount -t proc proc "$FRESH/proc"
  mount --rbind /dev "$FRESH/dev"
  mount --make-rslave "$FRESH/dev"
}

# The same sources, trusted by the same keys, reached the same way; no hooks and no other options.
fresh_copy_apt_configuration() {
  local item
  rm -f "$FRESH/etc/apt/sources.list"
  for item in sources.list sources.list.d trusted.gpg trusted.gpg.d keyrings auth.conf auth.conf.d; do
    [ -e "/etc/apt/$item" ] && cp -rL "/etc/apt/$item" "$FRESH/etc/apt/"
  done
  cp -rL /usr/share/keyrings "$FRESH/usr/share/"
  apt-config dump | grep -E '^(Acquire|APT::Get::AllowUnauthenticated)' \
    >"$FRESH/etc/apt/apt.conf.d/99-of-the-host"
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    mkdir -p "$FRESH/etc/ssl/certs"
    cp -L /etc/ssl/certs/ca-certificates.crt "$FRESH/etc/ssl/certs/"
  fi
}

fresh_clone() {
  local suite=${TINE_SPEC_SUITE:-$ROOT/../shared/spec-testsuite}
  mkdir -p "$FRESH$(dirname "$FRESH_CHECKOUT")/shared"
  git clone --quiet --no-hardlinks "$ROOT" "$FRESH$FRESH_CHECKOUT"
  if [ -d "$suite" ]; then
    cp -rL "$suite" "$FRESH$(dirname "$FRESH_CHECKOUT")/shared/spec-testsuite"
  fi
}

fresh_remove() {
  umount -R "$FRESH/proc" "$FRESH/dev" 2>/dev/null
  # Never delete through a mount that would not go away.
  if mountpoint -q "$FRESH/dev" || mountpoint -q "$FRESH/proc"; then
    note "still mounted, not removed: $FRESH"
  else
    rm -rf --one-file-system "$FRESH"
  fi
}
