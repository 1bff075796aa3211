#include "emulated.hpp"

// Linked with the program's main(): the same program with the emulated backends in its list.

namespace {

[[maybe_unused]] const bool added = (chorus::add_emulated_backends(), true);

}  // namespace
