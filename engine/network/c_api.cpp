#include "c_api.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <utility>

#include "chorus/chorus.h"
#include "chorus/error.hpp"
#include "chorus/version.hpp"
#include "formatted.hpp"

// The functions of chorus/chorus.h. What is thrown below ends in guarded(), which makes it a status
// and a text.

namespace chorus::c_api {

namespace {

constexpr std::size_t largest_picture_px = std::size_t{1} << 20U;
constexpr std::size_t most_samples = 64;
/// Pictures are drawn in bands of about this many pixels, so that working memory has a limit.
constexpr std::size_t band_pixels = std::size_t{1} << 17U;

/// A failure whose status is not that of a bad model.
class Failure : public Error {
 public:
  Failure(chorus_status code, const std::string& text) : Error(text), status(code) {}
  chorus_status status;
};

Failure wrong_call(const std::string& text) { return {CHORUS_WRONG_CALL, text}; }

/// What the program knows of a struct, and 0 for the rest.
template <class Struct>
Struct known_part(const Struct* given, const char* what) {
  if (given == nullptr) throw wrong_call(formatted("{} is NULL", what));
  if (given->struct_size == 0)
    throw wrong_call(formatted("struct_size is 0; expected sizeof({})", what));
  Struct known{};
  std::memcpy(&known, given, std::min(given->struct_size, sizeof known));
  return known;
}

/// Runs a call and returns its status.
template <class Call>
chorus_status guarded(const chorus_model* model, Call call) noexcept {
  if (model == nullptr) return CHORUS_WRONG_CALL;
  const auto failed = [&](chorus_status status, const char* text) {
    model->errors.set(text);
    return status;
  };
  try {
    model->errors.set("");
    call();
    return CHORUS_OK;
  } catch (const Failure& failure) {
    return failed(failure.status, failure.what());
  } catch (const std::bad_alloc&) {
    return failed(CHORUS_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return failed(CHORUS_BAD_MODEL, error.what());
  } catch (...) {
    return failed(CHORUS_BAD_MODEL, "an unknown failure");
  }
}

std::shared_ptr<Backend> backend_of(const chorus_options& options) {
  try {
    return make_backend(options.backend == nullptr ? "" : options.backend,
                        {.threads = options.threads});
  } catch (const Error& error) {
    throw Failure(CHORUS_NO_BACKEND, error.what());
  }
}

/// Opens a model that `load` reads into a memory.
template <class Load>
chorus_status open(const chorus_options* options, chorus_model** model, Load load) noexcept {
  if (model == nullptr) return CHORUS_WRONG_CALL;
  *model = new (std::nothrow) chorus_model;
  if (*model == nullptr) return CHORUS_OUT_OF_MEMORY;
  chorus_model& opened = **model;
  const chorus_status status = guarded(&opened, [&] {
    const chorus_options known =
        options == nullptr ? chorus_options{} : known_part(options, "chorus_options");
    Memory memory(backend_of(known));
    opened.content.emplace(memory, load(memory));
  });
  opened.errors.show_to_all();
  return status;
}

Content& content_of(const chorus_model* model) {
  if (!model->content) throw wrong_call("the model could not be opened");
  return *model->content;
}

const ImageCode& code_of(const Content& content, std::size_t image) {
  if (image >= content.codes.size())
    throw wrong_call(
        formatted("there is no image {}; expected at most {}", image, content.codes.size() - 1));
  return content.codes[image];
}

std::size_t trained_side(const Content& content, std::size_t image) {
  return content.model.images[image].size().longer_side();
}

std::size_t bytes_per_pixel(int format) { return format == CHORUS_RGB ? 3 : 4; }

/// Fills in defaults and checks everything.
chorus_picture checked(const chorus_picture* given) {
  chorus_picture picture = known_part(given, "chorus_picture");
  const auto side = [](const char* name, std::size_t value, std::size_t most) {
    if (value == 0 || value > most)
      throw wrong_call(formatted("{} is {}; expected 1 to {}", name, value, most));
  };
  side("width", picture.width, largest_picture_px);
  side("height", picture.height, largest_picture_px);
  if (picture.x >= picture.width || picture.y >= picture.height)
    throw wrong_call(formatted("the region begins at {}, {}, outside of {} x {} pixels", picture.x,
                               picture.y, picture.width, picture.height));
  if (picture.columns == 0) picture.columns = picture.width - picture.x;
  if (picture.rows == 0) picture.rows = picture.height - picture.y;
  side("columns", picture.columns, picture.width - picture.x);
  side("rows", picture.rows, picture.height - picture.y);
  if (picture.samples > most_samples)
    throw wrong_call(
        formatted("samples is {}; expected at most {}", picture.samples, most_samples));
  if (picture.format != CHORUS_RGBA && picture.format != CHORUS_RGB &&
      picture.format != CHORUS_RGBA_PREMULTIPLIED)
    throw wrong_call(formatted("format is {}; expected one of chorus_format", picture.format));
  if (picture.pixels == nullptr) throw wrong_call("pixels is NULL");
  const std::size_t row = picture.columns * bytes_per_pixel(picture.format);
  if (picture.stride == 0) picture.stride = row;
  if (picture.stride < row)
    throw wrong_call(formatted("stride is {}; expected at least {} bytes", picture.stride, row));
  return picture;
}

void write_pixel(const chorus_picture& picture, const Image& image, std::size_t pixel,
                 unsigned char* to) {
  Color color = color_at(image, pixel);
  if (!image.has_alpha()) color[3] = 1;
  if (picture.format == CHORUS_RGBA) {
    const auto bytes = straight_bytes(color);
    std::copy(bytes.begin(), bytes.end(), to);
    return;
  }
  const bool over = picture.format == CHORUS_RGB;
  for (std::size_t c = 0; c < 3; ++c) {
    const float below = over ? (1 - color[3]) * static_cast<float>(picture.background[c]) / 255 : 0;
    to[c] = to_byte(color[c] + below);
  }
  if (!over) to[3] = to_byte(color[3]);
}

void draw(Content& content, const ImageCode& code, std::size_t trained_side_px,
          const chorus_picture& picture) {
  const std::size_t usual =
      usual_samples(content.model, trained_side_px, std::max(picture.width, picture.height));
  const Raster raster{{picture.width, picture.height},
                      picture.samples == 0 ? usual : picture.samples};
  const std::size_t band = std::max<std::size_t>(1, band_pixels / picture.columns);
  const RendererPool::Loan renderer = content.renderers.borrow();
  for (std::size_t row = 0; row < picture.rows; row += band) {
    const std::size_t rows = std::min(band, picture.rows - row);
    const Image image =
        renderer->render(code, raster, {picture.x, picture.y + row, {picture.columns, rows}});
    for (std::size_t y = 0; y < rows; ++y)
      for (std::size_t x = 0; x < picture.columns; ++x)
        write_pixel(
            picture, image, y * picture.columns + x,
            picture.pixels + (row + y) * picture.stride + x * bytes_per_pixel(picture.format));
  }
}

void require_finite(const float* numbers, std::size_t count, const char* what) {
  if (numbers == nullptr) throw wrong_call(formatted("{} is NULL", what));
  for (std::size_t i = 0; i < count; ++i)
    if (!std::isfinite(numbers[i]))
      throw wrong_call(
          formatted("{} is {} at index {}; expected finite numbers", what, numbers[i], i));
}

std::size_t code_size(const Content& content) {
  const ImageCode& code = content.codes.front();
  return code.latent.size() + code.palette.size() + code.shifts.size();
}

/// The parts of a code, in the order in which the C API lists its numbers.
template <class Code, class Visit>
void each_part(Code& code, Visit visit) {
  visit(code.latent);
  visit(code.palette);
  visit(code.shifts);
}

std::size_t longest_side(const Content& content) {
  std::size_t side = 1;
  for (const EncodedImage& image : content.model.images)
    side = std::max(side, image.size().longer_side());
  return side;
}

}  // namespace

}  // namespace chorus::c_api

using namespace chorus::c_api;

const char* chorus_version(void) { return CHORUS_VERSION; }
int chorus_abi_version(void) { return CHORUS_ABI_VERSION; }

chorus_status chorus_open_file(const char* file, const chorus_options* options,
                               chorus_model** model) {
  return open(options, model, [&](chorus::Memory& memory) {
    if (file == nullptr) throw wrong_call("file is NULL");
    return chorus::load_model(memory, file);
  });
}

chorus_status chorus_open_memory(const void* bytes, size_t size, const chorus_options* options,
                                 chorus_model** model) {
  return open(options, model, [&](chorus::Memory& memory) {
    if (bytes == nullptr) throw wrong_call("bytes is NULL");
    return chorus::load_model(memory, std::string_view(static_cast<const char*>(bytes), size),
                              "the model in memory");
  });
}

void chorus_close(chorus_model* model) { delete model; }

const char* chorus_error(const chorus_model* model) {
  return model == nullptr ? "the model is NULL" : model->errors.get();
}

size_t chorus_image_count(const chorus_model* model) {
  return model == nullptr || !model->content ? 0 : model->content->codes.size();
}

const char* chorus_image_name(const chorus_model* model, size_t image) {
  if (image >= chorus_image_count(model)) return nullptr;
  return model->content->model.images[image].name.c_str();
}

size_t chorus_find_image(const chorus_model* model, const char* name) {
  const std::size_t count = chorus_image_count(model);
  for (std::size_t i = 0; i < count && name != nullptr; ++i)
    if (model->content->model.images[i].name == name) return i;
  return count;
}

chorus_status chorus_image_size(const chorus_model* model, size_t image, size_t* width,
                                size_t* height) {
  return guarded(model, [&] {
    const Content& content = content_of(model);
    code_of(content, image);
    if (width != nullptr) *width = content.model.images[image].width;
    if (height != nullptr) *height = content.model.images[image].height;
  });
}

int chorus_has_alpha(const chorus_model* model) {
  return model != nullptr && model->content && model->content->model.siren.config().channels == 4;
}

chorus_status chorus_decode(chorus_model* model, size_t image, const chorus_picture* picture) {
  return guarded(model, [&] {
    Content& content = content_of(model);
    const chorus::ImageCode& code = code_of(content, image);
    draw(content, code, trained_side(content, image), checked(picture));
  });
}

chorus_status chorus_decode_mix(chorus_model* model, size_t a, size_t b, float t,
                                const chorus_picture* picture) {
  return guarded(model, [&] {
    Content& content = content_of(model);
    require_finite(&t, 1, "t");
    const chorus::ImageCode mix = chorus::lerp(code_of(content, a), code_of(content, b), t);
    draw(content, mix, std::max(trained_side(content, a), trained_side(content, b)),
         checked(picture));
  });
}

size_t chorus_code_size(const chorus_model* model) {
  return model == nullptr || !model->content ? 0 : code_size(*model->content);
}

chorus_status chorus_get_code(chorus_model* model, size_t image, float* code) {
  return guarded(model, [&] {
    const chorus::ImageCode& all = code_of(content_of(model), image);
    if (code == nullptr) throw wrong_call("code is NULL");
    each_part(all, [&](const std::vector<float>& part) {
      code = std::copy(part.begin(), part.end(), code);
    });
  });
}

chorus_status chorus_decode_code(chorus_model* model, const float* code,
                                 const chorus_picture* picture) {
  return guarded(model, [&] {
    Content& content = content_of(model);
    require_finite(code, code_size(content), "code");
    chorus::ImageCode own = content.codes.front();  // for the lengths of its parts
    each_part(own, [&](std::vector<float>& part) {
      std::copy_n(code, part.size(), part.begin());
      code += part.size();
    });
    draw(content, own, longest_side(content), checked(picture));
  });
}
