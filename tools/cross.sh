# ./run cross [CPU…]: tine for other CPUs, static, into build/CPU/bin; qemu-user runs it.
#
# The compilers are Debian's cross compilers. What tine stands on comes as Debian's packages for that
# CPU, which are unpacked in the build folder under an apt configuration of its own: installing them
# would make the machine a multiarch one, and needs every package in the same version on both.

readonly CROSS_CPUS="aarch64 s390x"
readonly CROSS_PACKAGES="libfmt-dev libzstd-dev libxxhash-dev libcli11-dev nlohmann-json3-dev"

run_cross() {
  need build cross
  local cpu
  for cpu in ${*:-$CROSS_CPUS}; do build_cross "$cpu"; done
}

build_cross() {
  local cpu=$1
  shift
  [ -f "build/$cpu/root/ready" ] || unpack_cross_packages "$cpu"
  build_preset "$cpu" "$@"
}

unpack_cross_packages() {
  local cpu=$1 root=$ROOT/build/$1/root
  note "fetching what tine stands on for $cpu"
  rm -rf "$root"
  mkdir -p "$root"/apt/{lists,archives}/partial
  export APT_CONFIG=$root/apt/apt.conf
  cross_apt_config "$(debian_name_of "$cpu")" "$root/apt" >"$APT_CONFIG"
  quietly "apt-update-$cpu" apt-get update
  # shellcheck disable=SC2086  # a list of words
  (cd "$root/apt" && quietly "apt-download-$cpu" apt-get download $CROSS_PACKAGES)
  unset APT_CONFIG
  local package
  for package in "$root"/apt/*.deb; do dpkg-deb -x "$package" "$root"; done
  touch "$root/ready"
}

cross_apt_config() {
  cat <<END
APT::Architecture "$1";
APT::Architectures "$1";
Dir::State::lists "$2/lists";
Dir::State::status "/dev/null";
Dir::Cache "$2";
APT::Sandbox::User "";
END
}

debian_name_of() {
  case $1 in
    aarch64) echo arm64 ;;
    *) echo "$1" ;;
  esac
}
