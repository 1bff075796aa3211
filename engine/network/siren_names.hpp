#pragma once

#include "chorus/model.hpp"
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

template <>
inline constexpr auto enum_names<Storage> = enum_table<Storage>("precision",
                                                                {{Storage::fp32, "fp32"},
                                                                 {Storage::fp16, "fp16"},
                                                                 {Storage::int8, "int8"},
                                                                 {Storage::int7, "int7"},
                                                                 {Storage::int6, "int6"},
                                                                 {Storage::int5, "int5"},
                                                                 {Storage::int4, "int4"}});

}  // namespace chorus
