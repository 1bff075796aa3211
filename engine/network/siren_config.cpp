#include "chorus/siren.hpp"
#include "siren_names.hpp"

namespace chorus {

std::size_t palette_numbers(const SirenConfig& config) {
  if (config.head != Head::palette) return 0;
  return config.palette_size * config.channels *
         (config.palette_fields == PaletteFields::affine ? 3 : 1);
}

std::size_t free_palette_numbers(const SirenConfig& config) {
  return config.palette_source == PaletteSource::free ? palette_numbers(config) : 0;
}

std::string_view name(Head head) { return enum_names<Head>.name(head); }
std::string_view name(PaletteSource source) { return enum_names<PaletteSource>.name(source); }
std::string_view name(PaletteFields fields) { return enum_names<PaletteFields>.name(fields); }
std::string_view name(Conditioning conditioning) {
  return enum_names<Conditioning>.name(conditioning);
}
Head parse_head(std::string_view text) { return enum_names<Head>.parse(text); }
PaletteSource parse_palette_source(std::string_view text) {
  return enum_names<PaletteSource>.parse(text);
}
PaletteFields parse_palette_fields(std::string_view text) {
  return enum_names<PaletteFields>.parse(text);
}
Conditioning parse_conditioning(std::string_view text) {
  return enum_names<Conditioning>.parse(text);
}

}  // namespace chorus
