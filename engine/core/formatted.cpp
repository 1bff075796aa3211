#include "formatted.hpp"

#include <fmt/format.h>

namespace chorus {

std::string formatted_values(fmt::string_view pattern, fmt::format_args values) {
  return fmt::vformat(pattern, values);
}

}  // namespace chorus
