#pragma once

#include "chorus/backend.hpp"
#include "enum_names.hpp"

namespace chorus {

template <>
inline constexpr auto enum_names<Precision> = enum_table<Precision>("precision",
                                                                    {{Precision::fp32, "fp32"},
                                                                     {Precision::tf32, "tf32"},
                                                                     {Precision::fp16, "fp16"},
                                                                     {Precision::bf16, "bf16"}});

template <>
inline constexpr auto enum_names<NetworkPath> =
    enum_table<NetworkPath>("path", {{NetworkPath::measured, "measured"},
                                     {NetworkPath::layers, "layers"},
                                     {NetworkPath::network, "network"}});

}  // namespace chorus
