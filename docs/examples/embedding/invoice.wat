;; What some pieces cost, with 2 for the postage. The price is the host's business, and so are orders.
(module $invoice
  (import "shop" "price" (func $price (param i32) (result i32)))
  (import "shop" "each_order" (func $each_order (param funcref)))
  (global $ordered (mut i32) (i32.const 0))
  (elem declare func $add)
  (func $add (param $pieces i32)
    (global.set $ordered (i32.add (global.get $ordered) (local.get $pieces))))
  (func (export "count") (result i32)
    (call $each_order (ref.func $add))
    global.get $ordered)
  (func (export "total") (param $pieces i32) (result i32)
    local.get $pieces
    (call $price (local.get $pieces))
    i32.mul
    i32.const 2
    i32.add))
