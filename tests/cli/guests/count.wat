;; The examples of docs/threaded-code.md.
(module $count
  (func $down (export "down") (param $n i32)
    (loop
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if 0))
  (func $next (export "next") (param $n i32) (result i32) (local $m i32)
    local.get $n
    i32.const 5
    i32.add
    local.set $m
    local.get $m))
