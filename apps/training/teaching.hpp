#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "safetensors.hpp"

namespace chorus::app {

/// The exact drawings (docs/shapes.md) that a training is taught by: see Trainer::teach(). They are
/// made once, by the network as it is then, and go into the state, so that a resumed training sees
/// the same ones. Processes that share the training draw their own images each, and make all calls
/// together.
class Teaching {
 public:
  /// Both must outlive the object.
  Teaching(const Collection& images, const Model& model);

  bool is_drawn() const { return is_drawn_; }
  enum class Outcome { drawn, interrupted, too_slow };
  /// Draws the images without what is held out, and keeps the drawings that explain their pixels.
  /// If that would take more than `most_seconds`, judging by the first images, or if a signal
  /// interrupts it, there are none; after a signal it may be tried again.
  Outcome draw(Renderer& renderer, std::size_t threads, double most_seconds);
  /// How many images have a drawing, in all processes.
  std::size_t drawings() const;
  /// The pictures of the drawings, several times as large as the images; where there is no drawing,
  /// the image. Empty if they would not fit in memory, or if there are none.
  std::vector<NamedImage> pictures() const;

  /// Process 0 gets those of all.
  void save(TensorFile& file) const;
  /// Takes the drawings of a state, if it has any. Throws Error, which begins with `origin`, if
  /// they are not drawings of these images.
  void load(const TensorFile& file, const std::string& origin);

 private:
  std::size_t enlargement() const;

  const Collection& images_;
  const Model& model_;
  std::size_t all_images_, all_pixels_, longest_side_;  ///< of all processes
  bool is_drawn_ = false;
  std::vector<std::vector<float>> drawings_;  ///< drawing_numbers.hpp; empty where there is none
};

}  // namespace chorus::app
