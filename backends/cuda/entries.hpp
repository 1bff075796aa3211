#pragma once

#include <memory>
#include <string>

#include "chorus/backend.hpp"

// The parts that the table of backends needs of the optional backends.

namespace chorus {

namespace cuda {
std::string device_unavailable();
std::shared_ptr<Backend> make_backend(const std::string& name, const BackendOptions& options);
}  // namespace cuda

namespace cuda_emulated {
std::shared_ptr<Backend> make_backend(const std::string& name, const BackendOptions& options);
}  // namespace cuda_emulated

}  // namespace chorus
