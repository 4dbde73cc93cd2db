#include "text/module_encoder.h"

#include "text/annotation_reader.h"
#include "text/field_encoder.h"
#include "text/name_writer.h"
#include "text/outline.h"

namespace tine::text {

Result<std::vector<uint8_t>> encode_fields(TokenReader& in, std::string_view name,
                                           const TextOptions& options) {
  const uint32_t begin = in.position();
  TINE_TRY_ASSIGN(const auto annotated_name, read_name(in, "module"));
  TINE_TRY_ASSIGN(Outline outline, read_outline(in));
  const uint32_t end = in.position();

  TypeTable types;
  TypeReader type_reader(in, outline.scope, types);
  for (const uint32_t position : outline.types) {
    in.seek(position);
    TINE_TRY(type_reader.definition());
  }

  Sections sections;
  sections.customs = std::move(outline.customs);
  FieldEncoder fields(in, outline.scope, types, sections);
  for (const uint32_t position : outline.others) {
    in.seek(position);
    TINE_TRY(fields.field());
  }
  in.seek(end);
  TINE_TRY(check_all_read(in, begin, end, false));

  ByteWriter module = sections.module(types);
  if (options.names)
    append_name_section(module, annotated_name.value_or(std::string(name)), outline.scope,
                        fields.local_names());
  return std::move(module).take();
}

}  // namespace tine::text

namespace tine {

Result<std::vector<uint8_t>> encode_text_module(std::string_view text, const TextOptions& options) {
  TINE_TRY_ASSIGN(const text::Tokens tokens, text::read_tokens(text));
  text::TokenReader in(tokens);
  const bool is_wrapped = in.take_form("module");
  const std::string name = is_wrapped ? in.take_id().value_or("") : "";
  TINE_TRY_ASSIGN(std::vector<uint8_t> binary, text::encode_fields(in, name, options));
  if (is_wrapped) TINE_TRY(in.expect(text::TokenKind::kRight));
  TINE_TRY(in.expect(text::TokenKind::kEnd));
  return binary;
}

}  // namespace tine
