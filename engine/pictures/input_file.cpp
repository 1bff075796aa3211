#include "input_file.hpp"

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

#include "chorus/error.hpp"
#include "formatted.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;

std::string system_reason(int error) { return std::generic_category().message(error); }

void check_is_file(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  switch (status.type()) {
    case fs::file_type::regular:
      return;
    case fs::file_type::directory:
      throw Error("is a folder, not a file");
    case fs::file_type::not_found:
      throw Error(fs::is_symlink(fs::symlink_status(file, error))
                      ? "is a link to a file that does not exist"
                      : "no such file");
    case fs::file_type::none:
      throw Error(error.message());
    default:
      throw Error("is not a regular file");
  }
}

}  // namespace

InputFile::InputFile(const fs::path& file) {
  check_is_file(file);
  opened_.reset(std::fopen(file.c_str(), "rb"));
  if (!opened_) throw Error(system_reason(errno));
}

void InputFile::read(std::size_t count, std::vector<unsigned char>& bytes) {
  const std::size_t before = bytes.size();
  bytes.resize(before + count);
  bytes.resize(before + std::fread(bytes.data() + before, 1, count, opened_.get()));
  if (std::ferror(opened_.get()) != 0) throw Error(system_reason(errno));
}

void InputFile::read_rest(const fs::path& file, const PixelSize& size,
                          std::vector<unsigned char>& bytes) {
  std::error_code error;
  const std::uintmax_t file_bytes = fs::file_size(file, error);
  if (error) throw Error(error.message());
  if (file_bytes > max_metadata_bytes + size.width * size.height * 16)
    throw Error(formatted("has {} bytes, far more than {} x {} pixels need", file_bytes, size.width,
                          size.height));
  if (file_bytes > bytes.size()) read(file_bytes - bytes.size(), bytes);
}

void check_pixel_count(const PixelSize& size, std::size_t max_pixels) {
  if (size.width == 0 || size.height == 0) throw Error("states a size of 0 pixels");
  if (size.width > max_pixels / size.height)
    throw Error(formatted("states a size of {} x {} pixels; the limit is {} pixels", size.width,
                          size.height, max_pixels));
}

}  // namespace chorus
