#include "support/data_url.hpp"

#include "chorus/pictures.hpp"
#include "support/base64.hpp"

namespace chorus::app {

std::string data_url(const Image& image) {
  return "data:image/png;base64," + base64(encode_png(image));
}

}  // namespace chorus::app
