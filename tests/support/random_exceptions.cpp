// Code that throws and catches, in both forms.
#include "support/function_generator.h"
#include "support/op_choice.h"

namespace tine::test {

TagIdx FunctionGenerator::some_tag() { return random_.below(shape_.tags.size()); }

const std::vector<ValType>& FunctionGenerator::tag_values(TagIdx tag) const {
  return shape_.types[shape_.tags[tag]].params;
}

void FunctionGenerator::throw_something() {
  if (random_.one_in(4)) {
    expression(ValType::kExnRef);
    return emit(Op::throw_ref);
  }
  const TagIdx tag = some_tag();
  expressions(tag_values(tag));
  emit(Op::throw_, tag);
}

/// Where nobody in this function would catch it, mostly a trap of another kind.
void FunctionGenerator::throw_maybe() {
  if (tries_ > 0 || random_.one_in(8)) return throw_something();
  emit(Op::unreachable);
}

/// In front of its end, so that what is behind can be reached.
void FunctionGenerator::throwing_part() {
  ++tries_;
  statements(random_.below(3));
  if (random_.one_in(2)) {
    condition();
    code_.begin(Op::if_);
    inside({{}, false}, [&] { throw_something(); });
  }
  --tries_;
}

/// block (result of the clause); try_table; …; end; the same values; end. The other clauses lead to
/// labels that happen to take nothing.
void FunctionGenerator::try_table() {
  const TagIdx tag = some_tag();
  const bool has_ref = random_.one_in(2);
  const bool is_all = random_.one_in(4);
  Types caught = is_all ? Types{} : tag_values(tag);
  if (has_ref) caught.push_back(ValType::kExnRef);
  code_.begin_typed(Op::block, type_index({{}, caught}));
  inside({caught, false}, [&] {
    std::vector<uint32_t> plain_labels;  // from outside of the try_table
    for (uint32_t d = 0; d < labels_.size(); ++d)
      if (label(d).types.empty() && !label(d).is_loop) plain_labels.push_back(d);
    const uint32_t others = plain_labels.empty() ? 0 : random_.below(3);
    code_.begin(Op::try_table).u32(1 + others);
    const auto kind = static_cast<uint8_t>((is_all ? 2 : 0) + (has_ref ? 1 : 0));
    code_.raw({kind});
    if (!is_all) code_.u32(tag);
    code_.u32(0);
    for (uint32_t i = 0; i < others; ++i) code_.raw({2}).u32(random_.pick(plain_labels));
    inside({{}, false}, [&] { throwing_part(); });
    expressions(caught);
  });
  for (size_t i = caught.size(); i > 0; --i) take(caught[i - 1]);
}

/// An exnref that is not null: what a try_table around a throw catches.
void FunctionGenerator::caught_exception() {
  const TagIdx tag = some_tag();
  code_.begin(Op::block, ValType::kExnRef);
  inside({{ValType::kExnRef}, false}, [&] {
    code_.begin(Op::try_table).u32(1).raw({3}).u32(0);
    inside({{}, false}, [&] {
      ++tries_;
      expressions(tag_values(tag));
      emit(Op::throw_, tag);
      --tries_;
    });
    emit(Op::unreachable);
  });
}

/// try (result t)? … catch … rethrow … end, or … delegate.
void FunctionGenerator::legacy_try() {
  const TypeIdx index = random_.below(shape_.types.size());
  const FuncType& t = shape_.types[index];
  expressions(t.params);
  code_.begin_typed(Op::try_, index);
  labels_.push_back({t.results, false});
  for (size_t i = t.params.size(); i > 0; --i) take(t.params[i - 1]);
  throwing_part();
  expressions(t.results);
  if (random_.one_in(4)) {
    labels_.pop_back();
    emit(Op::delegate, random_.below(labels_.size()));
  } else {
    for (uint32_t n = random_.between(0, 2); n > 0; --n) legacy_catch(some_tag(), t.results);
    if (random_.one_in(2)) legacy_catch({}, t.results);
    labels_.pop_back();
    emit(Op::end);
  }
  for (size_t i = t.results.size(); i > 0; --i) take(t.results[i - 1]);
}

void FunctionGenerator::legacy_catch(std::optional<TagIdx> tag, const Types& results) {
  if (tag) {
    emit(Op::catch_, *tag);
    const Types& values = tag_values(*tag);
    for (size_t i = values.size(); i > 0; --i) take(values[i - 1]);
  } else {
    emit(Op::catch_all);
  }
  statements(random_.below(3));
  if (random_.one_in(3)) {
    condition();
    code_.begin(Op::if_);
    inside({{}, false}, [&] { emit(Op::rethrow, 1); });
  }
  expressions(results);
}

}  // namespace tine::test
