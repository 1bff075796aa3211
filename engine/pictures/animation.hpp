#pragma once

#include <cstddef>
#include <iosfwd>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// A frame of an animation in the compressed form in which it is stored. For drawings this takes
/// much less memory than pixels.
struct AnimationFrame {
  PixelSize size;
  std::size_t channels = 0;         ///< 3 or 4
  std::vector<unsigned char> data;  ///< the content of the chunks IDAT
};

/// Throws std::invalid_argument as write_png() does.
AnimationFrame compressed(const Image& image);

/// Writes an animated PNG that loops for ever, frame by frame, so that no more than one has to be
/// in memory.
class AnimationWriter {
 public:
  /// `frames` is the number of frames that will be added. Throws std::invalid_argument if it is 0
  /// or if the time is not from 1 to 65,535 ms.
  AnimationWriter(std::ostream& out, std::size_t frames, unsigned milliseconds_per_frame);

  /// Ends the file with the last frame. Throws std::invalid_argument if the frame differs in size
  /// or kind from the first one, or is one too many.
  void add(const AnimationFrame& frame);

 private:
  std::ostream& out_;
  std::size_t frames_, added_ = 0;
  unsigned milliseconds_;
  std::size_t sequence_number_ = 0;
  PixelSize size_{};
  std::size_t channels_ = 0;
};

}  // namespace chorus
