// Implementation of op_operands.h.
#include "op_operands.h"

#include <array>

namespace tine {
namespace {

constexpr std::string_view kNames[] = {
#define TINE_BINARY(name, T, R, expr) #name,
#define TINE_COMPARE(name, T, expr) #name, "br_" #name, "br_not_" #name,
#define TINE_UNARY(name, T, R, expr) #name,
#define TINE_TRAPPING_BINARY(name, T, call) #name,
#define TINE_TRAPPING_UNARY(name, T, R, call) #name,
#define TINE_LOAD(name, M, R) #name, "wide_" #name,
#define TINE_STORE(name, M, T) #name, "wide_" #name,
#define TINE_WIDE(name, expr) #name,
#define TINE_WIDE_PAIRS(name, expr) #name,
#define TINE_OTHER(name) #name,
#include "ops.def"
#define TINE_LANES_UNARY(name, L, expr) #name,
#define TINE_LANES_BINARY(name, L, expr) #name,
#define TINE_LANES_COMPARE(name, L, expr) #name,
#define TINE_VECTOR_SHIFT(name, L, expr) #name,
#define TINE_VECTOR_UNARY(name, expr) #name,
#define TINE_VECTOR_BINARY(name, expr) #name,
#define TINE_VECTOR_TERNARY(name, expr) #name,
#define TINE_VECTOR_TEST(name, expr) #name,
#define TINE_VECTOR_SPLAT(name, L, T) #name,
#define TINE_VECTOR_EXTRACT(name, L, R) #name,
#define TINE_VECTOR_REPLACE(name, L, T) #name,
#define TINE_VECTOR_LOAD(name, M, expr) #name, "wide_" #name,
#define TINE_VECTOR_LOAD_LANE(name, L) #name,
#define TINE_VECTOR_STORE_LANE(name, L) #name,
#define TINE_VECTOR_OTHER(name) #name,
#include "vector_ops.def"
};
static_assert(std::size(kNames) == static_cast<size_t>(IrOp::kCount));

constexpr auto make_roles() {
  std::array<std::string_view, static_cast<size_t>(IrOp::kCount)> roles{};
  const auto at = [&roles](IrOp op) -> std::string_view& { return roles[static_cast<size_t>(op)]; };
  constexpr std::string_view kBinary = "to:d a:a b:b";
  constexpr std::string_view kUnary = "to:d a:a";
  constexpr std::string_view kCompareBranch = "a:a b:b to:t else:f";
  constexpr std::string_view kLoad = "to:d address:a offset:i";
  constexpr std::string_view kStore = "address:a value:b offset:i";
#define TINE_BINARY(name, T, R, expr) at(IrOp::name) = kBinary;
#define TINE_TRAPPING_BINARY(name, T, call) at(IrOp::name) = kBinary;
#define TINE_COMPARE(name, T, expr) \
  at(IrOp::name) = kBinary;         \
  at(IrOp::br_##name) = at(IrOp::br_not_##name) = kCompareBranch;
#define TINE_UNARY(name, T, R, expr) at(IrOp::name) = kUnary;
#define TINE_TRAPPING_UNARY(name, T, R, call) at(IrOp::name) = kUnary;
#define TINE_LOAD(name, M, R) at(IrOp::name) = at(IrOp::wide_##name) = kLoad;
#define TINE_STORE(name, M, T) at(IrOp::name) = at(IrOp::wide_##name) = kStore;
#define TINE_WIDE(name, expr) at(IrOp::name) = kBinary;
#define TINE_WIDE_PAIRS(name, expr) at(IrOp::name) = "to:d a_low:A a_high:B b_low:C b_high:X";
#include "ops.def"
#define TINE_LANES_UNARY(name, L, expr) at(IrOp::name) = kUnary;
#define TINE_LANES_BINARY(name, L, expr) at(IrOp::name) = kBinary;
#define TINE_LANES_COMPARE(name, L, expr) at(IrOp::name) = kBinary;
#define TINE_VECTOR_SHIFT(name, L, expr) at(IrOp::name) = kBinary;
#define TINE_VECTOR_UNARY(name, expr) at(IrOp::name) = kUnary;
#define TINE_VECTOR_BINARY(name, expr) at(IrOp::name) = kBinary;
#define TINE_VECTOR_TERNARY(name, expr) at(IrOp::name) = "to:d a:a b:b c:c";
#define TINE_VECTOR_TEST(name, expr) at(IrOp::name) = kUnary;
#define TINE_VECTOR_SPLAT(name, L, T) at(IrOp::name) = kUnary;
#define TINE_VECTOR_EXTRACT(name, L, R) at(IrOp::name) = "to:d a:a lane:m";
#define TINE_VECTOR_REPLACE(name, L, T) at(IrOp::name) = "to:d a:a value:b lane:n";
#define TINE_VECTOR_LOAD(name, M, expr) at(IrOp::name) = at(IrOp::wide_##name) = kLoad;
#define TINE_VECTOR_LOAD_LANE(name, L) \
  at(IrOp::name) = "to:d address:a vector:b lane:n offset:i memory:x";
#define TINE_VECTOR_STORE_LANE(name, L) \
  at(IrOp::name) = "address:a vector:b lane:n offset:i memory:x";
#include "vector_ops.def"
  at(IrOp::v128_store) = at(IrOp::wide_v128_store) = kStore;
  at(IrOp::copy) = kUnary;
  at(IrOp::br_nonzero) = at(IrOp::br_zero) = "a:a to:t else:f";
#define TINE_OPERANDS(op, operands) at(IrOp::op) = operands;
#include "op_operands.def"
  return roles;
}

constexpr auto kRoles = make_roles();

/// An op without a row has no data pointer at all; one without operands has an empty text.
constexpr bool every_op_has_a_row() {
  for (const std::string_view roles : kRoles)
    if (roles.data() == nullptr) return false;
  return true;
}
static_assert(every_op_has_a_row(), "a threaded op has no row in op_operands.def");

}  // namespace

std::string_view name_of(IrOp op) { return kNames[static_cast<size_t>(op)]; }
std::string_view operand_roles(IrOp op) { return kRoles[static_cast<size_t>(op)]; }

}  // namespace tine
