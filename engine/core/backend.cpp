#include "chorus/backend.hpp"

#include <array>
#include <utility>

#include "precision_names.hpp"

namespace chorus {

void Backend::replay(std::unique_ptr<CapturedGraph>&, const std::function<void()>& work) { work(); }

namespace {

/// "matmul" for Op::matmul. The compiler writes the enumerator at the end of this function's
/// signature, so that ops are listed in call.hpp alone: "... [with Op op = chorus::Op::matmul;
/// ...]".
template <Op op>
constexpr std::string_view spelled() {
  constexpr std::string_view mark = "chorus::Op::";
  const std::string_view signature = __PRETTY_FUNCTION__;
  const std::size_t begin = signature.rfind(mark) + mark.size();
  return signature.substr(begin, signature.find_first_of(";]", begin) - begin);
}
static_assert(spelled<Op::scale_by>() == "scale_by");

template <std::size_t... numbers>
constexpr std::array<std::string_view, op_count> spelled_ops(std::index_sequence<numbers...>) {
  return {spelled<static_cast<Op>(numbers)>()...};
}

constexpr auto op_names = spelled_ops(std::make_index_sequence<op_count>());

}  // namespace

std::string_view name(Precision precision) { return enum_names<Precision>.name(precision); }
Precision parse_precision(std::string_view text) { return enum_names<Precision>.parse(text); }
std::string_view name(NetworkPath path) { return enum_names<NetworkPath>.name(path); }
NetworkPath parse_network_path(std::string_view text) {
  return enum_names<NetworkPath>.parse(text);
}
std::string_view name(Op op) { return op_names.at(static_cast<std::size_t>(op)); }

}  // namespace chorus
