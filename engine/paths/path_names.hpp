#pragma once

#include "chorus/path.hpp"
#include "enum_names.hpp"

namespace chorus {

template <>
inline constexpr auto enum_names<PathKind> =
    enum_table<PathKind>("path", {{PathKind::morph, "morph"},
                                  {PathKind::linear, "linear"},
                                  {PathKind::spherical, "spherical"},
                                  {PathKind::learned, "learned"}});

}  // namespace chorus
