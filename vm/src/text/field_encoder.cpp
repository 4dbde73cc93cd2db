// Functions, globals, tags, imports and exports.
#include "text/field_encoder.h"

#include "text/annotation_reader.h"
#include "text/instr_encoder.h"

namespace tine::text {
namespace {

constexpr uint8_t kEnd = 0x0b;
constexpr uint8_t kTagAttribute = 0;  // an exception
constexpr uint8_t kExactFunc = 0x20;  // custom descriptors: an import of exactly this type
constexpr std::string_view kKindWords[] = {"func", "table", "memory", "global", "tag"};

}  // namespace

Result<void> FieldEncoder::field() {
  if (const auto kind = peek_kind()) return definition(*kind);
  if (in_.take_form("import")) return import_field();
  if (in_.take_form("export")) return export_field();
  if (in_.take_form("start")) return start_field();
  if (in_.take_form("elem")) return elem();
  TINE_TRY(in_.expect_form("data"));
  return data();
}

Result<void> FieldEncoder::definition(Kind kind) {
  in_.skip();
  in_.skip();
  (void)in_.take_id();  // the scope knows it
  const uint32_t index = next_index_[static_cast<size_t>(kind)]++;
  TINE_TRY(inline_exports(kind, index));
  if (in_.take_form("import")) {
    TINE_TRY_ASSIGN(const ImportName name, import_name());
    TINE_TRY(in_.expect(TokenKind::kRight));
    TINE_TRY(imported(kind, name));
    return in_.expect(TokenKind::kRight);
  }
  switch (kind) {
    case Kind::kFunc: TINE_TRY(func(index)); break;
    case Kind::kTable: TINE_TRY(table(index)); break;
    case Kind::kMemory: TINE_TRY(memory(index)); break;
    case Kind::kGlobal: TINE_TRY(global()); break;
    case Kind::kTag: {
      IndexSpace names = no_locals();
      TINE_TRY_ASSIGN(const uint32_t type, types_.type_use(&names));
      sections_.tags.next().byte(kTagAttribute);
      sections_.tags.elements.u64(type);
      break;
    }
  }
  return in_.expect(TokenKind::kRight);
}

// ------------------------------------------------------------------------------------------------
// Functions and globals

Result<void> FieldEncoder::func(uint32_t index) {
  const uint32_t begin = in_.position();
  IndexSpace names = no_locals();
  TINE_TRY_ASSIGN(const uint32_t type, types_.type_use(&names));
  sections_.funcs.next().u64(type);
  ByteWriter body;
  TINE_TRY(locals(names, body));
  std::vector<BranchHint> hints;
  TINE_TRY(expression(body, names, &hints));
  TINE_TRY(check_all_read(in_, begin, in_.position(), true));
  add_hints(index, hints);
  sections_.codes.next().sized(body);
  local_names_.push_back({index, std::move(names)});
  return {};
}

/// Offsets count from the declarations of the locals. Spec: none (branch hints, binary format)
void FieldEncoder::add_hints(uint32_t func, const std::vector<BranchHint>& hints) {
  if (hints.empty()) return;
  constexpr uint8_t kHintBytes = 1;
  ByteWriter& out = sections_.branch_hints.next();
  out.u64(func);
  out.u64(hints.size());
  for (const BranchHint& hint : hints) {
    out.u64(hint.offset);
    out.u64(kHintBytes);
    out.byte(hint.is_likely ? 1 : 0);
  }
}

/// Neighbours of the same type are one entry. spec: binary/modules#binary-local
Result<void> FieldEncoder::locals(IndexSpace& names, ByteWriter& out) {
  uint32_t run_count = 0;
  uint32_t run_length = 0;
  TypeCode run_type;
  ByteWriter runs;
  const auto end_run = [&] {
    if (run_length == 0) return;
    ++run_count;
    runs.u64(run_length);
    runs.raw(run_type);
  };
  while (in_.take_form("local")) {
    const bool is_named = in_.at(TokenKind::kId);
    while (is_named || !in_.at(TokenKind::kRight)) {
      TINE_TRY(names.add(in_));
      TINE_TRY_ASSIGN(TypeCode type, types_.value_type());
      if (type != run_type) {
        end_run();
        run_type = std::move(type);
        run_length = 0;
      }
      ++run_length;
      if (is_named) break;
    }
    TINE_TRY(in_.expect(TokenKind::kRight));
  }
  end_run();
  out.u64(run_count);
  out.raw(runs.view());
  return {};
}

Result<void> FieldEncoder::expression(ByteWriter& out, const IndexSpace& locals,
                                      std::vector<BranchHint>* hints) {
  const CodeContext context{in_, out, scope_, table_, locals, sections_.needs_data_count, hints};
  TINE_TRY(InstrEncoder(context).sequence());
  out.byte(kEnd);
  return {};
}

Result<void> FieldEncoder::global() {
  TINE_TRY_ASSIGN(const TypeCode type, types_.global_type());
  ByteWriter& out = sections_.globals.next();
  out.raw(type);
  return expression(out, no_locals());
}

// ------------------------------------------------------------------------------------------------
// Imports and exports

std::optional<FieldEncoder::Kind> FieldEncoder::peek_kind() const {
  for (uint32_t i = 0; i < kKinds; ++i)
    if (in_.at_form(kKindWords[i])) return static_cast<Kind>(i);
  return std::nullopt;
}

const IndexSpace& FieldEncoder::space_of(Kind kind) const {
  switch (kind) {
    case Kind::kFunc: return scope_.funcs;
    case Kind::kTable: return scope_.tables;
    case Kind::kMemory: return scope_.memories;
    case Kind::kGlobal: return scope_.globals;
    case Kind::kTag: break;
  }
  return scope_.tags;
}

Result<void> FieldEncoder::import_field() {
  TINE_TRY_ASSIGN(const ImportName name, import_name());
  const auto kind = peek_kind();
  if (!kind) return in_.unexpected_form();
  in_.skip();
  in_.skip();
  (void)in_.take_id();  // the scope knows it
  ++next_index_[static_cast<size_t>(*kind)];
  TINE_TRY(imported(*kind, name));
  TINE_TRY(in_.expect(TokenKind::kRight));
  return in_.expect(TokenKind::kRight);
}

Result<FieldEncoder::ImportName> FieldEncoder::import_name() {
  ImportName name;
  TINE_TRY_ASSIGN(name.module, in_.expect_name());
  TINE_TRY_ASSIGN(name.name, in_.expect_name());
  return name;
}

/// The type of an import, which is at the reader, with its names in front.
Result<void> FieldEncoder::imported(Kind kind, const ImportName& name) {
  ByteWriter& out = sections_.imports.next();
  out.sized(name.module);
  out.sized(name.name);
  if (kind == Kind::kFunc) return imported_func(out);
  out.byte(static_cast<uint8_t>(kind));
  switch (kind) {
    case Kind::kTable: return table_type(out);
    case Kind::kMemory: {
      TINE_TRY_ASSIGN(const Limits limits, memory_type());
      encode(out, limits);
      return {};
    }
    case Kind::kGlobal: {
      TINE_TRY_ASSIGN(const TypeCode type, types_.global_type());
      out.raw(type);
      return {};
    }
    default: {  // kTag
      IndexSpace names = no_locals();
      TINE_TRY_ASSIGN(const uint32_t type, types_.type_use(&names));
      out.byte(kTagAttribute);
      out.u64(type);
      return {};
    }
  }
}

Result<void> FieldEncoder::imported_func(ByteWriter& out) {
  const bool is_exact = in_.take_form("exact");
  IndexSpace names = no_locals();
  TINE_TRY_ASSIGN(const uint32_t type, types_.type_use(&names));
  if (is_exact) TINE_TRY(in_.expect(TokenKind::kRight));
  out.byte(is_exact ? kExactFunc : static_cast<uint8_t>(Kind::kFunc));
  out.u64(type);
  return {};
}

/// Any number of `(export "name")`.
Result<void> FieldEncoder::inline_exports(Kind kind, uint32_t index) {
  while (in_.take_form("export")) {
    TINE_TRY_ASSIGN(const std::string name, in_.expect_name());
    TINE_TRY(in_.expect(TokenKind::kRight));
    add_export(name, kind, index);
  }
  return {};
}

void FieldEncoder::add_export(std::string_view name, Kind kind, uint32_t index) {
  ByteWriter& out = sections_.exports.next();
  out.sized(name);
  out.byte(static_cast<uint8_t>(kind));
  out.u64(index);
}

/// `(export "name" (func $f))`
Result<void> FieldEncoder::export_field() {
  TINE_TRY_ASSIGN(const std::string name, in_.expect_name());
  const auto kind = peek_kind();
  if (!kind) return in_.unexpected_form();
  in_.skip();
  in_.skip();
  TINE_TRY_ASSIGN(const uint32_t index, space_of(*kind).read(in_));
  add_export(name, *kind, index);
  TINE_TRY(in_.expect(TokenKind::kRight));
  return in_.expect(TokenKind::kRight);
}

Result<void> FieldEncoder::start_field() {
  TINE_TRY_ASSIGN(sections_.start, scope_.funcs.read(in_));
  return in_.expect(TokenKind::kRight);
}

}  // namespace tine::text
