#pragma once

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "chorus/error.hpp"

namespace chorus {

template <class E>
struct EnumName {
  E value;
  std::string_view name;
};

/// The names of an enum's values, in the order in which they are listed for people. One table
/// serves name(), the parser and the choices of the command line.
template <class E, std::size_t count>
class EnumNames {
 public:
  constexpr EnumNames(std::string_view kind, const EnumName<E> (&entries)[count]) : kind_(kind) {
    for (std::size_t i = 0; i < count; ++i) entries_[i] = entries[i];
  }

  static constexpr std::size_t size() { return count; }

  /// Throws std::logic_error if the table lacks the value.
  constexpr std::string_view name(E value) const {
    for (const EnumName<E>& entry : entries_)
      if (entry.value == value) return entry.name;
    throw std::logic_error("a value of " + std::string(kind_) + " has no name");
  }

  /// The value with that name. Throws Error, which lists all names, if there is none.
  E parse(std::string_view text) const {
    for (const EnumName<E>& entry : entries_)
      if (entry.name == text) return entry.value;
    throw Error("unknown " + std::string(kind_) + " '" + std::string(text) + "'; expected " +
                choices());
  }

  /// "free or predicted", "input, shift or film"
  std::string choices() const {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) text += i + 1 < count ? ", " : " or ";
      text += entries_[i].name;
    }
    return text;
  }

  constexpr std::array<E, count> values() const {
    std::array<E, count> list{};
    for (std::size_t i = 0; i < count; ++i) list[i] = entries_[i].value;
    return list;
  }

  constexpr const std::array<EnumName<E>, count>& entries() const { return entries_; }

 private:
  std::string_view kind_;  ///< for error messages: "precision"
  std::array<EnumName<E>, count> entries_{};
};

/// Makes a table and counts its entries: enum_table<Head>("head", {{Head::rgb, "rgb"}, ...}).
template <class E, std::size_t count>
constexpr EnumNames<E, count> enum_table(std::string_view kind,
                                         const EnumName<E> (&entries)[count]) {
  return {kind, entries};
}

/// The table of an enum, for code that works with any enum. It is specialized beside the enum, or
/// in a header *_names.hpp of its room if the enum is part of the public interface.
template <class E>
inline constexpr auto enum_names = nullptr;

}  // namespace chorus
