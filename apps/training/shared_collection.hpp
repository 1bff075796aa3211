#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"
#include "support/session.hpp"

namespace chorus::app {

/// The images and the model of a training. Processes that share it have a part of them each, and
/// number all images alike; they make the calls that exchange something together.
class SharedCollection {
 public:
  /// The images and the model of this process, which must outlive the object. Exchanges the numbers
  /// of pixels and the model.
  SharedCollection(Session& session, const Collection& images, const Model& model);

  const Collection& own_images() const { return images_; }
  const Model& own_model() const { return model_; }

  /// Of each image of all processes.
  const std::vector<std::size_t>& pixels() const { return pixels_; }
  std::size_t all_pixels() const;
  /// The numbers among the own images of those that belong to this process.
  std::vector<std::size_t> own_of(const std::vector<std::size_t>& numbers) const;

  /// Brings the model of all images to process 0.
  void gather_model();
  /// In process 0 that of all images, as it was gathered last; in the others their own.
  const Model& model() const { return whole_ ? *whole_ : model_; }
  /// Some of all images, in process 0; none in the others.
  Collection gathered_images(const std::vector<std::size_t>& numbers) const;

 private:
  Session& session_;
  const Collection& images_;
  const Model& model_;
  std::vector<std::size_t> pixels_;
  std::optional<Model> whole_;  ///< in process 0 of several
};

}  // namespace chorus::app
