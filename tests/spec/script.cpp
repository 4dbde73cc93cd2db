// Reading wast2json's JSON. Numbers arrive as decimal strings of the value's bits, references as
// the handle or "null", NaN patterns by name.
#include "spec/script.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace tine::spec {
namespace {

using Json = nlohmann::json;

constexpr std::array kCommandNames{
    std::pair{CommandKind::kModule, "module"},
    std::pair{CommandKind::kRegister, "register"},
    std::pair{CommandKind::kAction, "action"},
    std::pair{CommandKind::kAssertReturn, "assert_return"},
    std::pair{CommandKind::kAssertTrap, "assert_trap"},
    std::pair{CommandKind::kAssertExhaustion, "assert_exhaustion"},
    std::pair{CommandKind::kAssertInvalid, "assert_invalid"},
    std::pair{CommandKind::kAssertMalformed, "assert_malformed"},
    std::pair{CommandKind::kAssertUnlinkable, "assert_unlinkable"},
    std::pair{CommandKind::kAssertUninstantiable, "assert_uninstantiable"},
};

CommandKind command_kind(const std::string& name) {
  for (const auto& [kind, text] : kCommandNames)
    if (name == text) return kind;
  throw std::runtime_error("unknown command: " + name);
}

ValType val_type(const std::string& name) {
  constexpr std::array kTypes{ValType::kI32,  ValType::kI64,     ValType::kF32,      ValType::kF64,
                              ValType::kV128, ValType::kFuncRef, ValType::kExternRef};
  for (ValType t : kTypes)
    if (name == tine::name_of(t)) return t;
  throw std::runtime_error("value type not supported: " + name);
}

Expected expected_text(ValType type, const std::string& text) {
  Expected out;
  out.value = Value::zero(type);
  if (text == "nan:canonical") {
    out.match = Expected::Match::kCanonicalNan;
  } else if (text == "nan:arithmetic") {
    out.match = Expected::Match::kArithmeticNan;
  } else if (text != "null") {
    // A reference stands in a Value as its handle plus one.
    out.value.lo = std::stoull(text) + (is_ref(type) ? 1 : 0);
  }
  return out;
}

/// Where all lanes are plain bits, so is the vector.
Expected expected_vector(const std::string& lane_type, const Json& lanes) {
  Expected out;
  out.value = Value::zero(ValType::kV128);
  const ValType type = lane_type[0] == 'f' ? val_type(lane_type) : ValType::kI64;
  const size_t lane_bits = 128 / lanes.size();
  bool is_plain = true;
  for (size_t i = 0; i < lanes.size(); ++i) {
    const Expected lane = expected_text(type, lanes[i].get<std::string>());
    const size_t at = i * lane_bits;
    const uint64_t mask = lane_bits == 64 ? ~uint64_t{0} : (uint64_t{1} << lane_bits) - 1;
    (at < 64 ? out.value.lo : out.value.hi) |= (lane.value.lo & mask) << (at % 64);
    is_plain = is_plain && lane.match == Expected::Match::kBits;
    out.lanes.push_back(lane);
  }
  if (is_plain) out.lanes.clear();
  return out;
}

Expected expected_of(const Json& json) {
  const std::string type = json.at("type").get<std::string>();
  if (type == "v128") return expected_vector(json.at("lane_type"), json.at("value"));
  if (json.contains("value")) return expected_text(val_type(type), json.at("value"));
  Expected out;
  out.value = Value::zero(val_type(type));
  out.match = Expected::Match::kAnyRef;
  return out;
}

Action action_of(const Json& json) {
  Action out;
  out.is_get = json.at("type").get<std::string>() == "get";
  out.module = json.value("module", "");
  out.field = json.at("field").get<std::string>();
  for (const Json& arg : json.value("args", Json::array()))
    out.args.push_back(expected_of(arg).value);
  return out;
}

Command command_of(const Json& json, const std::filesystem::path& folder) {
  Command out;
  out.kind = command_kind(json.at("type").get<std::string>());
  out.line = json.at("line").get<uint32_t>();
  out.name = json.value("name", "");
  out.register_as = json.value("as", "");
  if (json.contains("filename")) out.file = folder / json.at("filename").get<std::string>();
  out.is_text = json.value("module_type", "binary") == "text";
  out.text = json.value("text", "");
  if (json.contains("action")) out.action = action_of(json.at("action"));
  // Assertions other than assert_return carry the types of the results, without values.
  if (out.kind == CommandKind::kAssertReturn)
    for (const Json& e : json.at("expected")) out.expected.push_back(expected_of(e));
  return out;
}

bool is_canonical_nan(const Value& v) {
  if (v.type == ValType::kF32) return (v.lo & 0x7fff'ffff) == 0x7fc0'0000;
  return (v.lo & 0x7fff'ffff'ffff'ffff) == 0x7ff8'0000'0000'0000;
}

bool is_arithmetic_nan(const Value& v) {
  if (v.type == ValType::kF32) return (v.lo & 0x7fc0'0000) == 0x7fc0'0000;
  return (v.lo & 0x7ff8'0000'0000'0000) == 0x7ff8'0000'0000'0000;
}

bool matches_lanes(const std::vector<Expected>& lanes, const Value& actual) {
  const size_t lane_bits = 128 / lanes.size();
  for (size_t i = 0; i < lanes.size(); ++i) {
    const size_t at = i * lane_bits;
    const uint64_t bits = (at < 64 ? actual.lo : actual.hi) >> (at % 64);
    const Value lane{lanes[i].value.type, lane_bits == 64 ? bits : static_cast<uint32_t>(bits), 0};
    if (!matches(lanes[i], lane)) return false;
  }
  return true;
}

}  // namespace

const char* name_of(CommandKind kind) {
  for (const auto& [k, text] : kCommandNames)
    if (k == kind) return text;
  return "?";
}

Script parse_script(const std::filesystem::path& json, const std::string& name) {
  std::ifstream in(json);
  const Json root = Json::parse(in);
  Script script;
  script.name = name;
  for (const Json& command : root.at("commands"))
    script.commands.push_back(command_of(command, json.parent_path()));
  return script;
}

bool matches(const Expected& expected, const Value& actual) {
  if (actual.type != expected.value.type) return false;
  if (!expected.lanes.empty()) return matches_lanes(expected.lanes, actual);
  switch (expected.match) {
    case Expected::Match::kBits: return actual == expected.value;
    case Expected::Match::kCanonicalNan: return is_canonical_nan(actual);
    case Expected::Match::kArithmeticNan: return is_arithmetic_nan(actual);
    case Expected::Match::kAnyRef: return actual.lo != kNullRef;
  }
  return false;
}

std::string to_string(const Expected& expected) {
  const auto with_type = [&](const char* what) {
    return fmt::format("{}:{}", tine::name_of(expected.value.type), what);
  };
  if (!expected.lanes.empty()) {
    std::string lanes;
    for (const Expected& lane : expected.lanes) lanes += " " + to_string(lane);
    return with_type(("lanes" + lanes).c_str());
  }
  switch (expected.match) {
    case Expected::Match::kBits: return tine::to_string(expected.value);
    case Expected::Match::kCanonicalNan: return with_type("nan:canonical");
    case Expected::Match::kArithmeticNan: return with_type("nan:arithmetic");
    case Expected::Match::kAnyRef: return with_type("any");
  }
  return "?";
}

}  // namespace tine::spec
