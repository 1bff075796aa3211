#include "c_text.hpp"

#include <algorithm>
#include <cctype>

#include "dtype.hpp"
#include "formatted.hpp"

namespace chorus {

namespace {

constexpr std::size_t longest_line = 100;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Nine digits give back the same float.
std::string c_float(float value) {
  std::string text = formatted("{:.9g}", value);
  if (text.find_first_of(".e") == text.npos) text += ".0";
  return text + "f";
}

template <class Format>
std::vector<std::string> each(const std::vector<float>& values, Format format) {
  std::vector<std::string> elements;
  elements.reserve(values.size());
  for (const float value : values) elements.push_back(format(value));
  return elements;
}

std::string half_bits(float value) { return formatted("{}", fp16_of(value)); }

}  // namespace

std::string c_identifier(const std::string& text) {
  std::string name;
  for (const char c : text) name += is_plain(c) ? c : '_';
  if (name.empty() || (name[0] >= '0' && name[0] <= '9') || name[0] == '_') name = "images_" + name;
  return name;
}

std::string c_string(const std::string& text) {
  std::string literal = "\"";
  for (const char c : text)
    literal += is_plain(c) || c == ' ' || c == '-' || c == '_' || c == '.'
                   ? std::string(1, c)
                   : formatted("\\{:03o}", static_cast<unsigned char>(c));
  return literal + '"';
}

std::string c_array(const std::string& type, const std::string& name,
                    const std::vector<std::string>& elements) {
  std::string text = formatted("static const {} {}[{}] = {{\n", type, name, elements.size());
  std::size_t column = 0;
  for (const std::string& element : elements) {
    if (column > 0 && column + element.size() + 1 > longest_line) {
      text += '\n';
      column = 0;
    }
    text += element + ',';
    column += element.size() + 1;
  }
  text.back() = '}';
  return text + ";\n";
}

std::string c_arrays(const std::string& name, const StoredMatrix& matrix) {
  switch (matrix.type) {
    case StoredType::f32:
      return c_array("float", name + "_floats", each(matrix.values, c_float));
    case StoredType::f16:
      return c_array("unsigned short", name + "_halves", each(matrix.values, half_bits));
    case StoredType::i8:
    case StoredType::u8:
      break;
  }
  return c_array("signed char", name + "_levels",
                 each(matrix.values, [](float v) { return formatted("{:.0f}", v); })) +
         c_array("unsigned short", name + "_scales", each(matrix.scales, half_bits));
}

std::string c_matrix(const std::string& name, const StoredMatrix* matrix) {
  if (matrix == nullptr) return "{0, 0, 0, 0, 0}";
  switch (matrix->type) {
    case StoredType::f32:
      return formatted("{{{}_floats, 0, 0, 0, {}}}", name, matrix->cols);
    case StoredType::f16:
      return formatted("{{0, {}_halves, 0, 0, {}}}", name, matrix->cols);
    case StoredType::i8:
    case StoredType::u8:
      break;
  }
  return formatted("{{0, 0, {0}_levels, {0}_scales, {1}}}", name, matrix->cols);
}

}  // namespace chorus
