#include "chorus/siren.hpp"

namespace chorus {

Conditioned Conditioned::map(const std::function<Var(const Var&)>& f) const {
  const auto mapped = [&](const Var& value) { return value.value() ? f(value) : Var(); };
  Conditioned result;
  for (const auto& [shift, gain] : layers) {
    Modulation& each = result.layers.emplace_back();
    each.shift = mapped(shift);
    each.gain = mapped(gain);
  }
  result.palettes = mapped(palettes);
  return result;
}

std::vector<Var> Conditioned::values() const {
  std::vector<Var> list;
  map([&](const Var& value) {
    list.push_back(value);
    return value;
  });
  return list;
}

}  // namespace chorus
