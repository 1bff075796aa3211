#include "output_head.hpp"

#include <stdexcept>

namespace chorus {

// Each head is made by a function of its own file, NAME_head.cpp.
std::shared_ptr<const OutputHead> make_rgb_head(Memory& memory, const SirenConfig& config);
std::shared_ptr<const OutputHead> make_palette_head(Memory& memory, const SirenConfig& config);

std::shared_ptr<const OutputHead> make_output_head(Memory& memory, const SirenConfig& config) {
  switch (config.head) {
    case Head::rgb:
      return make_rgb_head(memory, config);
    case Head::palette:
      return make_palette_head(memory, config);
  }
  throw std::logic_error("make_output_head: unknown head");
}

Var OutputHead::palettes(std::span<const Var>, const Var&, const Var&) const { return {}; }

Var OutputHead::assignment_loss(const Var&, const Var&, const Var&, const Var&) const {
  throw std::logic_error("assignment_loss: expected the palette head");
}

}  // namespace chorus
