#include <array>

#include "part_design.hpp"

namespace chorus {

namespace {

constexpr Rgb white = {1, 1, 1}, ink = {0.15F, 0.17F, 0.22F}, steel = {0.55F, 0.6F, 0.67F},
              pale = {0.85F, 0.88F, 0.91F}, red = {0.88F, 0.2F, 0.2F}, blue = {0.16F, 0.45F, 0.85F},
              green = {0.2F, 0.65F, 0.35F}, yellow = {0.98F, 0.78F, 0.2F},
              orange = {0.95F, 0.5F, 0.13F}, wood = {0.6F, 0.4F, 0.22F}, sky = {0.7F, 0.86F, 0.96F},
              violet = {0.5F, 0.3F, 0.7F};

Part still(Form form, double x, double y, const Rgb& color) {
  return chorus::still(std::move(form), {.x = x, .y = y}, color);
}
Part slides(Form form, const Place& a, const Place& b, const Rgb& color) {
  return moving(std::move(form), {.x = a[0], .y = a[1]}, {.x = b[0], .y = b[1]}, color);
}
Part turns(Form form, const Place& hinge, double from_degrees, double to_degrees,
           const Rgb& color) {
  return moving(std::move(form), {.x = hinge[0], .y = hinge[1], .turn_degrees = from_degrees},
                {.x = hinge[0], .y = hinge[1], .turn_degrees = to_degrees}, color);
}
/// Stretches about a place of the picture from one width and height to another.
Part stretches(Form form, const Place& about, const Place& a, const Place& b, const Rgb& color) {
  return moving(std::move(form), {.x = about[0], .y = about[1], .width = a[0], .height = a[1]},
                {.x = about[0], .y = about[1], .width = b[0], .height = b[1]}, color);
}
Part appears(Form form, const Place& at, const Rgb& color) {
  return stretches(std::move(form), at, {0, 0}, {1, 1}, color);
}
Part recolors(Form form, double x, double y, const Rgb& a, const Rgb& b) {
  return {std::move(form), {.x = x, .y = y}, {.x = x, .y = y}, a, b};
}

PartDesign abacus() {
  PartDesign design{.name = "abacus", .kind = "slide", .parts = {}};
  design.parts = {still(box(0.85, 0.8, 0.08), 0, 0, wood), still(box(0.72, 0.67), 0, 0, pale)};
  constexpr std::array<double, 3> rows = {-0.4, 0, 0.4};
  constexpr std::array colors = {red, blue, green};
  for (std::size_t k = 0; k < rows.size(); ++k) {
    design.parts.push_back(still(box(0.72, 0.03), 0, rows[k], ink));
    const double a = k == 1 ? 0.5 : -0.5, b = k == 1 ? -0.2 : 0.1 + 0.2 * static_cast<double>(k);
    design.parts.push_back(slides(disc(0.15), {a, rows[k]}, {b, rows[k]}, colors[k]));
  }
  return design;
}

PartDesign elevator() {
  return {.name = "elevator",
          .kind = "slide",
          .parts = {still(box(0.5, 0.92, 0.05), 0, 0, steel), still(box(0.4, 0.84), 0, 0, ink),
                    slides(box(0.03, 0.8), {0, -1.05}, {0, -0.3}, yellow),
                    slides(box(0.32, 0.3, 0.05), {0, -0.5}, {0, 0.45}, orange),
                    slides(box(0.12, 0.16), {0, -0.5}, {0, 0.45}, pale),
                    recolors(disc(0.08), 0.72, -0.5, green, red),
                    recolors(disc(0.08), 0.72, 0.45, red, green)}};
}

PartDesign locomotive() {
  return {.name = "locomotive",
          .kind = "slide",
          .parts = {still(disc(0.6), -0.55, 0.5, green), still(box(1, 0.3), 0, 0.75, pale),
                    still(box(0.95, 0.04), 0, 0.6, wood),
                    slides(box(0.3, 0.16, 0.04), {-0.5, 0.32}, {0.45, 0.32}, red),
                    slides(box(0.12, 0.2, 0.03), {-0.66, 0.1}, {0.29, 0.1}, blue),
                    slides(disc(0.1), {-0.66, 0.47}, {0.29, 0.47}, ink),
                    slides(disc(0.1), {-0.34, 0.47}, {0.61, 0.47}, ink)}};
}

PartDesign balloon() {
  return {.name = "balloon",
          .kind = "slide",
          .parts = {still(box(0.7, 0.25), 0, 0.75, green),
                    still({{{-0.4, 0}, {0, -0.35}, {0.4, 0}}, 0.02}, 0.35, 0.2, orange),
                    still(box(0.3, 0.25), 0.35, 0.42, yellow),
                    slides(disc(0.28), {-0.5, 0.1}, {-0.35, -0.6}, violet),
                    slides(box(0.1, 0.07), {-0.5, 0.48}, {-0.35, -0.22}, wood)},
          .ground = sky};
}

PartDesign piston() {
  return {.name = "piston",
          .kind = "slide",
          .parts = {slides(box(0.09, 0.6), {0, -0.35}, {0, 0.1}, steel),
                    slides(box(0.38, 0.1, 0.03), {0, -0.8}, {0, -0.4}, red),
                    still(box(0.55, 0.6, 0.06), 0, 0.35, blue),
                    still(box(0.2, 0.08, 0.08), 0, 0.35, white)}};
}

PartDesign windmill() {
  PartDesign design{.name = "windmill", .kind = "rotate", .parts = {}};
  design.parts = {still({{{-0.3, 0.95}, {-0.15, -0.2}, {0.15, -0.2}, {0.3, 0.95}}, 0}, 0, 0, wood),
                  still(box(0.1, 0.15), 0, 0.7, ink)};
  for (int k = 0; k < 4; ++k)
    design.parts.push_back(
        turns(shifted(box(0.08, 0.32), {0, -0.42}), {0, -0.2}, 90.0 * k + 8, 90.0 * k + 42, steel));
  design.parts.push_back(still(disc(0.12), 0, -0.2, red));
  return design;
}

PartDesign gauge() {
  return {.name = "gauge",
          .kind = "rotate",
          .parts = {still(disc(0.85), 0, 0, ink), still(disc(0.72), 0, 0, white),
                    still(box(0.35, 0.06), 0, 0.5, green),
                    turns(shifted(box(0.06, 0.26), {0, -0.32}), {0, 0}, -70, 55, red),
                    still(disc(0.12), 0, 0, blue)}};
}

PartDesign lever() {
  return {.name = "lever",
          .kind = "rotate",
          .parts = {turns(shifted(box(0.07, 0.5), {0, -0.5}), {0, 0.45}, -40, 40, steel),
                    turns(shifted(disc(0.17), {0, -1.0}), {0, 0.45}, -40, 40, red),
                    still(box(0.6, 0.25, 0.1), 0, 0.65, blue)}};
}

PartDesign seesaw() {
  return {.name = "seesaw",
          .kind = "rotate",
          .parts = {still({{{-0.3, 0.6}, {0, 0}, {0.3, 0.6}}, 0.02}, 0, 0.25, steel),
                    turns(box(0.85, 0.06), {0, 0.2}, -16, 16, wood),
                    turns(shifted(box(0.16, 0.16), {-0.6, -0.22}), {0, 0.2}, -16, 16, blue),
                    turns(shifted(disc(0.16), {0.6, -0.22}), {0, 0.2}, -16, 16, red)}};
}

PartDesign compass() {
  return {.name = "compass",
          .kind = "rotate",
          .parts = {still(box(0.85, 0.85, 0.3), 0, 0, wood), still(disc(0.7), 0, 0, pale),
                    turns({{{-0.14, 0}, {0, -0.55}, {0.14, 0}}, 0}, {0, 0}, 20, 110, red),
                    turns({{{-0.14, 0}, {0, 0.55}, {0.14, 0}}, 0}, {0, 0}, 20, 110, blue)}};
}

PartDesign valve() {
  return {.name = "valve",
          .kind = "rotate",
          .parts = {still(box(0.95, 0.2), 0, 0.45, steel), still(box(0.1, 0.3), 0, 0.2, ink),
                    turns(star(5, 0.55, 0.3), {0, -0.25}, 0, 30, red),
                    still(disc(0.14), 0, -0.25, yellow)}};
}

PartDesign thermometer() {
  return {.name = "thermometer",
          .kind = "grow",
          .parts = {still(box(0.25, 0.92, 0.25), 0, 0, pale),
                    stretches({{{-0.09, -1}, {0.09, -1}, {0.09, 0}, {-0.09, 0}}, 0}, {0, 0.5},
                              {1, 0.25}, {1, 1.1}, red),
                    still(disc(0.18), 0, 0.62, red), still(box(0.1, 0.025), 0.5, -0.4, ink),
                    still(box(0.1, 0.025), 0.5, 0, ink)}};
}

PartDesign plant() {
  return {.name = "plant",
          .kind = "grow",
          .parts = {stretches({{{-0.05, -1}, {0.05, -1}, {0.05, 0}, {-0.05, 0}}, 0}, {0, 0.4},
                              {1, 0.4}, {1, 1}, green),
                    moving(disc(0.26), {.x = 0, .y = 0, .width = 0.5, .height = 0.5},
                           {.x = 0, .y = -0.6}, red),
                    moving(disc(0.1), {.x = 0, .y = 0, .width = 0.5, .height = 0.5},
                           {.x = 0, .y = -0.6}, yellow),
                    still({{{-0.4, 0}, {0.4, 0}, {0.28, 0.5}, {-0.28, 0.5}}, 0.02}, 0, 0.4, wood)}};
}

PartDesign candle() {
  return {.name = "candle",
          .kind = "grow",
          .parts = {moving({{{0, -0.6}, {0.2, -0.2}, {0, 0}, {-0.2, -0.2}}, 0.05},
                           {.x = 0, .y = -0.35, .width = 0.7, .height = 0.7},
                           {.x = 0, .y = 0.1, .width = 1.2, .height = 1.2}, orange),
                    stretches({{{-0.22, -1}, {0.22, -1}, {0.22, 0}, {-0.22, 0}}, 0}, {0, 0.75},
                              {1, 1}, {1, 0.55}, blue),
                    still(box(0.6, 0.1, 0.08), 0, 0.82, ink)}};
}

PartDesign download() {
  return {.name = "download",
          .kind = "grow",
          .parts = {still(box(0.9, 0.7, 0.1), 0, 0, blue), still(box(0.7, 0.14), 0, 0.4, white),
                    stretches({{{0, -0.14}, {1.4, -0.14}, {1.4, 0.14}, {0, 0.14}}, 0}, {-0.7, 0.4},
                              {0.2, 1}, {0.85, 1}, green),
                    still({{{-0.25, 0}, {0.25, 0}, {0, 0.3}}, 0}, 0, -0.2, yellow),
                    still(box(0.1, 0.2), 0, -0.35, yellow)}};
}

PartDesign bellows() {
  return {.name = "bellows",
          .kind = "grow",
          .parts = {stretches({{{0, -0.3}, {1, -0.3}, {1, 0.3}, {0, 0.3}}, 0}, {-0.5, 0}, {0.5, 1},
                              {1, 1}, red),
                    slides(box(0.14, 0.45, 0.05), {0.1, 0}, {0.62, 0}, ink),
                    still(box(0.18, 0.45, 0.05), -0.65, 0, ink),
                    still(disc(0.07), -0.65, -0.2, white), still(disc(0.07), -0.65, 0.2, white)}};
}

PartDesign chest() {
  return {
      .name = "chest",
      .kind = "open",
      .parts = {turns(shifted(box(0.65, 0.16, 0.05), {0.65, -0.16}), {-0.65, 0.0}, 0, -50, orange),
                still(box(0.65, 0.4, 0.05), 0, 0.4, wood), still(box(0.1, 0.12), 0, 0.15, yellow)}};
}

PartDesign curtains() {
  return {.name = "curtains",
          .kind = "open",
          .parts = {still(box(0.85, 0.7), 0, 0.1, sky), still(disc(0.25), 0, 0, yellow),
                    stretches({{{0, -0.7}, {0.85, -0.7}, {0.85, 0.7}, {0, 0.7}}, 0}, {-0.85, 0.1},
                              {0.95, 1}, {0.3, 1}, red),
                    stretches({{{0, -0.7}, {-0.85, -0.7}, {-0.85, 0.7}, {0, 0.7}}, 0}, {0.85, 0.1},
                              {0.95, 1}, {0.3, 1}, violet),
                    still(box(0.95, 0.08, 0.08), 0, -0.7, wood)}};
}

PartDesign pliers() {
  return {.name = "pliers",
          .kind = "open",
          .parts = {turns({{{-0.09, -0.8}, {0.09, -0.8}, {0.09, 0.8}, {-0.09, 0.8}}, 0.04},
                          {0, -0.1}, 12, 40, red),
                    turns({{{-0.09, -0.8}, {0.09, -0.8}, {0.09, 0.8}, {-0.09, 0.8}}, 0.04},
                          {0, -0.1}, -12, -40, blue),
                    still(disc(0.13), 0, -0.1, ink)}};
}

PartDesign window_shade() {
  return {.name = "window_shade",
          .kind = "open",
          .parts = {still(box(0.7, 0.85), 0, 0, ink), still(box(0.6, 0.75), 0, 0, sky),
                    still(box(0.05, 0.75), 0, 0, ink),
                    stretches({{{-0.6, 0}, {0.6, 0}, {0.6, 1.5}, {-0.6, 1.5}}, 0}, {0, -0.75},
                              {1, 0.85}, {1, 0.3}, orange)}};
}

PartDesign mailbox() {
  return {.name = "mailbox",
          .kind = "open",
          .parts = {still(box(0.08, 0.45), 0, 0.55, wood), still(box(0.6, 0.35, 0.15), 0, 0, blue),
                    turns(shifted(box(0.05, 0.3), {0, -0.3}), {0.35, 0}, 85, 0, red),
                    turns(shifted(box(0.14, 0.1), {0.09, -0.6}), {0.35, 0}, 85, 0, red)}};
}

PartDesign scales() {
  return {.name = "scales",
          .kind = "swap",
          .parts = {still(box(0.06, 0.75), 0, 0.1, ink), still(box(0.4, 0.07), 0, 0.85, ink),
                    still(box(0.75, 0.05), 0, -0.6, ink), still(box(0.25, 0.04), -0.6, 0.3, steel),
                    still(box(0.25, 0.04), 0.6, 0.3, steel),
                    slides(box(0.18, 0.18), {-0.6, 0.08}, {0.6, 0.08}, red),
                    slides(disc(0.18), {0.6, 0.08}, {-0.6, 0.08}, blue)}};
}

PartDesign cards() {
  return {.name = "cards",
          .kind = "swap",
          .parts = {slides(box(0.36, 0.55, 0.06), {-0.45, -0.2}, {0.45, 0.2}, blue),
                    slides(disc(0.16), {-0.45, -0.2}, {0.45, 0.2}, yellow),
                    slides(box(0.36, 0.55, 0.06), {0.45, 0.2}, {-0.45, -0.2}, red),
                    slides(box(0.14, 0.14), {0.45, 0.2}, {-0.45, -0.2}, white)}};
}

PartDesign ranking() {
  return {.name = "ranking",
          .kind = "swap",
          .parts = {still(box(0.9, 0.9, 0.08), 0, 0, pale),
                    slides(box(0.7, 0.14, 0.05), {0, -0.5}, {0, 0}, red),
                    slides(box(0.5, 0.14, 0.05), {-0.2, 0}, {-0.2, 0.5}, green),
                    slides(box(0.3, 0.14, 0.05), {-0.4, 0.5}, {-0.4, -0.5}, blue)}};
}

PartDesign lights() {
  return {.name = "lights",
          .kind = "swap",
          .parts = {still(box(0.4, 0.9, 0.15), 0, 0, ink),
                    recolors(disc(0.24), 0, -0.55, red, {0.35F, 0.12F, 0.12F}),
                    still(disc(0.24), 0, 0, {0.4F, 0.35F, 0.1F}),
                    recolors(disc(0.24), 0, 0.55, {0.1F, 0.3F, 0.15F}, green)}};
}

PartDesign shelf() {
  return {.name = "shelf",
          .kind = "swap",
          .parts = {still(box(0.9, 0.06), 0, 0.5, wood),
                    slides({{{-0.22, 0.22}, {0, -0.25}, {0.22, 0.22}}, 0.02}, {-0.6, 0.2}, {0, 0.2},
                           orange),
                    slides(box(0.2, 0.24), {0, 0.2}, {-0.6, 0.2}, violet),
                    still(disc(0.22), 0.6, 0.22, green)}};
}

PartDesign envelope() {
  return {.name = "envelope",
          .kind = "appear",
          .parts = {still(box(0.8, 0.55, 0.06), -0.05, 0.2, yellow),
                    still({{{-0.75, 0}, {0.75, 0}, {0, 0.5}}, 0.03}, -0.05, -0.3, orange),
                    appears(disc(0.3), {0.62, -0.45}, red)}};
}

PartDesign rating() {
  return {.name = "rating",
          .kind = "appear",
          .parts = {still(star(5, 0.32, 0.14), -0.62, 0, yellow),
                    still(star(5, 0.32, 0.14), 0, 0, yellow), still(disc(0.05), 0.62, 0, steel),
                    appears(star(5, 0.32, 0.14), {0.62, 0}, yellow),
                    still(box(0.9, 0.05), 0, 0.6, ink)}};
}

PartDesign weather() {
  return {.name = "weather",
          .kind = "appear",
          .parts = {slides(disc(0.36), {0.1, 0.05}, {0.4, -0.4}, yellow),
                    still(disc(0.32), -0.4, 0.2, blue), still(disc(0.4), 0.05, 0.1, blue),
                    still(disc(0.28), 0.45, 0.25, blue),
                    still(box(0.65, 0.16, 0.14), 0.02, 0.4, blue)}};
}

PartDesign house() {
  return {.name = "house",
          .kind = "appear",
          .parts = {still(box(0.6, 0.45), 0, 0.45, red),
                    still({{{-0.75, 0}, {0.75, 0}, {0, -0.6}}, 0}, 0, 0, wood),
                    recolors(box(0.16, 0.16), -0.28, 0.4, ink, yellow),
                    recolors(box(0.16, 0.16), 0.28, 0.4, ink, yellow),
                    appears(disc(0.2), {0.65, -0.65}, steel)}};
}

PartDesign tree() {
  return {.name = "tree",
          .kind = "appear",
          .parts = {still(box(0.12, 0.45), 0, 0.55, wood), still(disc(0.6), 0, -0.25, green),
                    appears(disc(0.12), {-0.25, -0.35}, red), appears(disc(0.12), {0.2, -0.5}, red),
                    appears(disc(0.12), {0.15, 0.0}, red)}};
}

}  // namespace

std::vector<PartDesign> part_designs() {
  return {abacus(), elevator(),     locomotive(), balloon(), piston(),  windmill(),
          gauge(),  lever(),        seesaw(),     compass(), valve(),   thermometer(),
          plant(),  candle(),       download(),   bellows(), chest(),   curtains(),
          pliers(), window_shade(), mailbox(),    scales(),  cards(),   ranking(),
          lights(), shelf(),        envelope(),   rating(),  weather(), house(),
          tree()};
}

}  // namespace chorus
