// Writes small JPEGs and WebPs of several kinds: seeds for the target `pictures`.
//   fuzz_picture_seeds FOLDER
#include "picture_samples.hpp"

namespace {

constexpr unsigned width = 24, height = 16;

#if CHORUS_WITH_JPEG
void write_jpegs(const std::filesystem::path& folder) {
  JpegSample progressive, cmyk;
  progressive.flags = TJFLAG_PROGRESSIVE;
  cmyk.pixel_format = TJPF_CMYK;
  const Bytes plain = encoded(JpegSample());
  write_bytes(folder / "plain.jpg", plain);
  write_bytes(folder / "progressive.jpg", encoded(progressive));
  write_bytes(folder / "cmyk.jpg", encoded(cmyk));
  const Bytes exif = segment(0xE1, as_bytes("Exif") + Bytes{0, 0} + exif_block(6));
  const Bytes profile =
      segment(0xE2, as_bytes("ICC_PROFILE") + Bytes{0, 1, 1} + profile_named("P3"));
  write_bytes(folder / "metadata.jpg", with_segments(plain, exif + profile));
}
#endif

#if CHORUS_WITH_WEBP
void write_webps(const std::filesystem::path& folder) {
  const Bytes lossless = encoded_webp(slopes(width, height, true), width, height, true);
  const Bytes lossy = encoded_webp(slopes(width, height, true), width, height, false);
  write_bytes(folder / "lossless.webp", lossless);
  write_bytes(folder / "lossy.webp", lossy);
  write_bytes(folder / "animated.webp", animated_webp({lossless, lossy}, width, height));
  write_bytes(folder / "metadata.webp",
              extended_webp(lossless, width, height, 0x28, riff_chunk("ICCP", profile_named("P3")),
                            riff_chunk("EXIF", exif_block(6))));
}
#endif

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) return 2;
#if CHORUS_WITH_JPEG
  write_jpegs(argv[1]);
#endif
#if CHORUS_WITH_WEBP
  write_webps(argv[1]);
#endif
}
