;; A guest that changes every kind of state on demand, at any call depth.
(module
  (memory (export "memory") 3 8)
  (table (export "table") 4 64 funcref)
  (table $handles 2 8 externref)
  (global $counter (export "counter") (mut i32) (i32.const 7))
  (global $ratio (export "ratio") (mut f64) (f64.const 0.5))
  (global $chosen (mut funcref) (ref.func $one))
  (data (i32.const 1024) "pristine contents")
  (data $spare "spare bytes")
  (elem (i32.const 0) func $one $two)
  (elem $more func $two $one)
  (elem declare func $one $two)

  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const 2))

  (func $next (param $x i32) (result i32)
    (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))

  ;; Stores `count` words at pseudo-random addresses, aligned or not, in the first three pages.
  (func $scribble (export "scribble") (param $seed i32) (param $count i32)
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $seed (call $next (local.get $seed)))
        (i64.store
          (i32.rem_u (i32.shr_u (local.get $seed) (i32.const 4)) (i32.const 196600))
          (i64.mul (i64.extend_i32_u (local.get $seed)) (i64.const 0x9e3779b97f4a7c15)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $again))))

  ;; Changes what the bits of `what` ask for.
  (func $mutate (export "mutate") (param $what i32)
    (if (i32.and (local.get $what) (i32.const 1))
      (then (drop (memory.grow (i32.const 1)))
            (i32.store (i32.const 196608) (local.get $what))
            (i32.store8 (i32.const 262143) (i32.const 99))))
    (if (i32.and (local.get $what) (i32.const 2))
      (then (drop (table.grow 0 (ref.func $two) (i32.const 5)))
            (table.set 0 (i32.const 6) (ref.func $one))))
    (if (i32.and (local.get $what) (i32.const 4))
      (then (table.set 0 (i32.const 0) (ref.null func))
            (table.fill 0 (i32.const 2) (ref.func $one) (i32.const 2))))
    (if (i32.and (local.get $what) (i32.const 8))
      (then (global.set $counter (i32.const -1))
            (global.set $ratio (f64.const -0.0))
            (global.set $chosen (ref.null func))))
    (if (i32.and (local.get $what) (i32.const 16))
      (then (memory.init $spare (i32.const 77777) (i32.const 0) (i32.const 11))
            (data.drop $spare)))
    (if (i32.and (local.get $what) (i32.const 32))
      (then (table.init 0 $more (i32.const 1) (i32.const 0) (i32.const 2))
            (elem.drop $more)))
    (if (i32.and (local.get $what) (i32.const 64))
      (then (memory.fill (i32.const 60000) (i32.const 0xaa) (i32.const 20000))))
    (if (i32.and (local.get $what) (i32.const 128))
      (then (memory.copy (i32.const 140001) (i32.const 1000) (i32.const 300)))))

  (func $here (export "here"))

  ;; Descends `depth` frames, calls $here at the bottom, and on the way up writes into memory and
  ;; adds up what each frame kept in its locals.
  (func $descend (export "descend") (param $depth i32) (result i64)
    (local $kept i64) (local $weight f32)
    (local.set $kept (i64.mul (i64.extend_i32_u (local.get $depth)) (i64.const 1000003)))
    (local.set $weight (f32.convert_i32_u (local.get $depth)))
    (if (i32.eqz (local.get $depth))
      (then (call $here))
      (else
        (local.set $kept
          (i64.add (local.get $kept)
                   (call $descend (i32.sub (local.get $depth) (i32.const 1)))))))
    (i64.store (i32.mul (local.get $depth) (i32.const 512)) (local.get $kept))
    (i64.add (local.get $kept) (i64.trunc_f32_u (local.get $weight))))

  ;; Goes down and up for ever: for runs that end by fuel, at any depth. It drops no segments, as
  ;; using them again would trap.
  (func (export "wander") (param $seed i32)
    (loop $again
      (local.set $seed (call $next (local.get $seed)))
      (drop (call $descend (i32.rem_u (i32.shr_u (local.get $seed) (i32.const 8))
                                      (i32.const 9))))
      (call $mutate (i32.and (local.get $seed) (i32.const 0xcf)))
      (call $scribble (local.get $seed) (i32.const 20))
      (br $again))))
