#pragma once

#include "chorus/siren.hpp"
#include "enum_names.hpp"

namespace chorus {

template <>
inline constexpr auto enum_names<Conditioning> = enum_table<Conditioning>(
    "conditioning",
    {{Conditioning::input, "input"}, {Conditioning::shift, "shift"}, {Conditioning::film, "film"}});

template <>
inline constexpr auto enum_names<Head> = enum_table<Head>("head", {{Head::rgb, "rgb"},
                                                                   {Head::palette, "palette"}});

template <>
inline constexpr auto enum_names<PaletteSource> = enum_table<PaletteSource>(
    "palette", {{PaletteSource::free, "free"}, {PaletteSource::predicted, "predicted"}});

template <>
inline constexpr auto enum_names<PaletteFields> = enum_table<PaletteFields>(
    "palette fields", {{PaletteFields::constant, "constant"}, {PaletteFields::affine, "affine"}});

}  // namespace chorus
