// Implementation of op_facts.h: one table entry an op, expanded from ops.def.
#include "op_facts.h"

#include <array>
#include <type_traits>

#include "numeric.h"
#include "tine/check.h"

namespace tine {
namespace {

template <class T>
constexpr Bank bank_of_type() {
  if constexpr (std::is_same_v<T, float>) return Bank::kF32;
  if constexpr (std::is_same_v<T, double>) return Bank::kF64;
  return Bank::kInteger;
}

struct Facts {
  Shape shape = Shape::kOther;
  bool writes_dst = false;
  bool is_compare = false;
  Bank result = Bank::kNone;
  Bank operand = Bank::kNone;
  bool writes_vector = false;
  bool writes_pair = false;
};

constexpr std::array<Facts, static_cast<size_t>(IrOp::kCount)> make_facts() {
  std::array<Facts, static_cast<size_t>(IrOp::kCount)> f{};
  const auto at = [&f](IrOp op) -> Facts& { return f[static_cast<size_t>(op)]; };
#define TINE_BINARY(name, T, R, expr) \
  at(IrOp::name) = {Shape::kBinary, true, false, bank_of_type<R>(), bank_of_type<T>()};
#define TINE_TRAPPING_BINARY(name, T, call) \
  at(IrOp::name) = {Shape::kBinary, true, false, bank_of_type<T>(), bank_of_type<T>()};
#define TINE_COMPARE(name, T, expr)                                                            \
  at(IrOp::name) = {Shape::kBinary, true, true, Bank::kInteger, bank_of_type<T>()};            \
  at(IrOp::br_##name) = {Shape::kCompareBranch, false, false, Bank::kNone, bank_of_type<T>()}; \
  at(IrOp::br_not_##name) = {Shape::kCompareBranch, false, false, Bank::kNone, bank_of_type<T>()};
#define TINE_UNARY(name, T, R, expr) \
  at(IrOp::name) = {Shape::kUnary, true, false, bank_of_type<R>(), bank_of_type<T>()};
#define TINE_TRAPPING_UNARY(name, T, R, call) \
  at(IrOp::name) = {Shape::kUnary, true, false, bank_of_type<R>(), bank_of_type<T>()};
#define TINE_LOAD(name, M, R) \
  at(IrOp::name) =            \
      at(IrOp::wide_##name) = {Shape::kLoad, true, false, bank_of_type<R>(), Bank::kInteger};
#define TINE_STORE(name, M, T) \
  at(IrOp::name) =             \
      at(IrOp::wide_##name) = {Shape::kStore, false, false, Bank::kNone, Bank::kInteger};
#define TINE_WIDE(name, expr) at(IrOp::name).writes_pair = true;
#define TINE_WIDE_PAIRS(name, expr) at(IrOp::name).writes_pair = true;
#include "ops.def"
  constexpr Facts kVector{Shape::kVector, true, false, Bank::kNone, Bank::kNone, true};
#define TINE_LANES_UNARY(name, L, expr) at(IrOp::name) = kVector;
#define TINE_LANES_BINARY(name, L, expr) at(IrOp::name) = kVector;
#define TINE_LANES_COMPARE(name, L, expr) at(IrOp::name) = kVector;
#define TINE_VECTOR_SHIFT(name, L, expr) at(IrOp::name) = kVector;
#define TINE_VECTOR_UNARY(name, expr) at(IrOp::name) = kVector;
#define TINE_VECTOR_BINARY(name, expr) at(IrOp::name) = kVector;
#define TINE_VECTOR_TERNARY(name, expr) at(IrOp::name) = kVector;
#define TINE_VECTOR_SPLAT(name, L, T) at(IrOp::name) = kVector;
#define TINE_VECTOR_REPLACE(name, L, T) at(IrOp::name) = kVector;
#define TINE_VECTOR_TEST(name, expr) \
  at(IrOp::name) = {Shape::kVector, true, false, Bank::kInteger, Bank::kNone};
#define TINE_VECTOR_EXTRACT(name, L, R) \
  at(IrOp::name) = {Shape::kVector, true, false, bank_of_type<R>(), Bank::kNone};
#define TINE_VECTOR_LOAD(name, M, expr) \
  at(IrOp::name) =                      \
      at(IrOp::wide_##name) = {Shape::kLoad, true, false, Bank::kNone, Bank::kInteger, true};
#define TINE_VECTOR_LOAD_LANE(name, L) \
  at(IrOp::name) = {Shape::kOther, true, false, Bank::kNone, Bank::kNone, true};
#include "vector_ops.def"
  for (const IrOp op : {IrOp::v128_store, IrOp::wide_v128_store})
    at(op) = {Shape::kStore, false, false, Bank::kNone, Bank::kInteger};
  at(IrOp::vector_copy) = kVector;
  at(IrOp::vector_select) = kVector;
  for (const IrOp op :
       {IrOp::v128_const, IrOp::i8x16_shuffle, IrOp::vector_load_general, IrOp::vector_global_get})
    at(op) = {Shape::kOther, true, false, Bank::kNone, Bank::kNone, true};
  constexpr Facts kValue{Shape::kOther, true, false, Bank::kInteger, Bank::kNone};
  at(IrOp::copy) = {Shape::kUnary, true, false, Bank::kInteger, Bank::kInteger};
  at(IrOp::const32) = kValue;
  at(IrOp::const64) = kValue;
  at(IrOp::const_f32) = {Shape::kOther, true, false, Bank::kF32, Bank::kNone};
  at(IrOp::const_f64) = {Shape::kOther, true, false, Bank::kF64, Bank::kNone};
  at(IrOp::global_get) = kValue;
  at(IrOp::table_get) = kValue;
  at(IrOp::wide_table_get) = kValue;
  at(IrOp::table_size) = kValue;
  at(IrOp::memory_size) = kValue;
  at(IrOp::ref_func) = kValue;
  at(IrOp::load_general) = kValue;
  at(IrOp::select) = {Shape::kOther, true, false, Bank::kInteger, Bank::kInteger};
  at(IrOp::global_set) = {Shape::kOther, false, false, Bank::kNone, Bank::kInteger};
  at(IrOp::br_nonzero) = {Shape::kConditional, false, false, Bank::kNone, Bank::kInteger};
  at(IrOp::br_zero) = {Shape::kConditional, false, false, Bank::kNone, Bank::kInteger};
  at(IrOp::br_table) = {Shape::kOther, false, false, Bank::kNone, Bank::kInteger};
  at(IrOp::ret_int) = {Shape::kOther, false, false, Bank::kNone, Bank::kInteger};
  at(IrOp::ret_f32) = {Shape::kOther, false, false, Bank::kNone, Bank::kF32};
  at(IrOp::ret_f64) = {Shape::kOther, false, false, Bank::kNone, Bank::kF64};
  return f;
}

constexpr auto kFacts = make_facts();

const Facts& facts(IrOp op) { return kFacts[static_cast<size_t>(op)]; }

}  // namespace

Shape shape_of(IrOp op) { return facts(op).shape; }
bool writes_dst(IrOp op) { return facts(op).writes_dst; }
bool writes_vector(IrOp op) { return facts(op).writes_vector; }
bool writes_pair(IrOp op) { return facts(op).writes_pair; }
Bank result_bank(IrOp op) { return facts(op).result; }
Bank operand_bank(IrOp op) { return facts(op).operand; }
bool is_compare(IrOp op) { return facts(op).is_compare; }

IrOp branch_of(IrOp compare, bool wanted) {
  // The rows of ops.def put br_NAME and br_not_NAME right behind NAME.
  TINE_DCHECK(is_compare(compare));
  return static_cast<IrOp>(static_cast<uint16_t>(compare) + (wanted ? 1 : 2));
}

IrOp constant_op(ValType type, uint64_t bits) {
  switch (type) {
    case ValType::kF32: return IrOp::const_f32;
    case ValType::kF64: return IrOp::const_f64;
    case ValType::kI32: return IrOp::const32;
    default: return fits_imm32(bits) ? IrOp::const32 : IrOp::const64;
  }
}

}  // namespace tine
