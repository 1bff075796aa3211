#pragma once

#include <string>

#include "chorus/model.hpp"

namespace chorus {

/// The network and its images as an ONNX file (opset 17), whose numbers are stored as `storage`
/// says (those of fewer than 8 bits take 8). Its inputs and outputs: docs/guide/export.md.
std::string onnx_model(const Model& model, Storage storage);

}  // namespace chorus
