# ./run build: tine and forkbench, into build/release/bin.

run_build() {
  need build
  build_preset release tine forkbench
  note "build/release/bin/tine and build/release/bin/forkbench are ready"
}
