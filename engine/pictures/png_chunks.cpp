#include "png_chunks.hpp"

#include <lodepng.h>

#include <string>

namespace chorus {

void append_16(std::vector<unsigned char>& out, std::size_t value) {
  out.push_back(static_cast<unsigned char>(value >> 8U));
  out.push_back(static_cast<unsigned char>(value));
}

void append_32(std::vector<unsigned char>& out, std::size_t value) {
  append_16(out, value >> 16U);
  append_16(out, value);
}

void append_chunk(std::vector<unsigned char>& out, std::string_view type,
                  const std::vector<unsigned char>& data) {
  append_32(out, data.size());
  const std::size_t checked_from = out.size();
  out.insert(out.end(), type.begin(), type.end());
  out.insert(out.end(), data.begin(), data.end());
  append_32(out, lodepng_crc32(&out[checked_from], out.size() - checked_from));
}

std::vector<unsigned char> software_chunk() {
  const std::string keyword = "Software", text = "chorus";
  std::vector<unsigned char> data(keyword.begin(), keyword.end());
  data.push_back(0);  // separates the two
  data.insert(data.end(), text.begin(), text.end());
  std::vector<unsigned char> chunk;
  append_chunk(chunk, "tEXt", data);
  return chunk;
}

}  // namespace chorus
