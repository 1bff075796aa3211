#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// The room that a file may take for what is not pixels.
constexpr std::size_t max_metadata_bytes = std::size_t{64} << 20U;

/// A regular file, read from its start. Throws Error with the reason only.
class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& file);

  /// Appends the next `count` bytes, or as many as are left.
  void read(std::size_t count, std::vector<unsigned char>& bytes);

  /// Appends the rest of `file`, which is this one, unless it has more bytes than pixels of the
  /// stated size take, raw at 16 bits and four channels, with some metadata.
  void read_rest(const std::filesystem::path& file, const PixelSize& size,
                 std::vector<unsigned char>& bytes);

 private:
  struct Close {
    void operator()(std::FILE* open_file) const { std::fclose(open_file); }
  };
  std::unique_ptr<std::FILE, Close> opened_;
};

/// Throws Error for sizes of no pixels or of more than the limit.
void check_pixel_count(const PixelSize& size, std::size_t max_pixels);

}  // namespace chorus
