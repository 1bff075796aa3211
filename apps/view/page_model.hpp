#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>

#include "chorus/model.hpp"
#include "enum_names.hpp"

// A model as a page carries it: small enough to travel in the text of the page.

namespace chorus::app {

/// How the numbers of the large matrices are stored.
enum class PagePrecision {
  int8,  ///< 8 bits, each row with a scale of its own
  fp16,  ///< 16-bit floats
};

}  // namespace chorus::app

template <>
inline constexpr auto chorus::enum_names<chorus::app::PagePrecision> =
    chorus::enum_table<chorus::app::PagePrecision>("precision",
                                                   {{chorus::app::PagePrecision::int8, "int8"},
                                                    {chorus::app::PagePrecision::fp16, "fp16"}});

namespace chorus::app {

/// {"format", "config": what decoding depends on, "images": [[name, width, height], ..],
///  "tensors": [[name, rows, columns, type], ..], "checksum", "numbers": all of them in base64}.
///
/// The tensors follow each other, each padded to a multiple of 4 bytes, little-endian and by rows.
/// Of the type "int8" come first the rows' scales as 32-bit floats, then the rows; a number is its
/// scale times the integer. Biases, the first and the last layer and palettes are 16-bit floats at
/// any precision, since errors there show most; numbers that are too large for that are "fp32". The
/// checksum is FNV-1a over the bytes.
nlohmann::ordered_json page_model(const Model& model, PagePrecision precision);

}  // namespace chorus::app
