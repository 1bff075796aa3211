#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "errors.hpp"
#include "files.hpp"
#include "safetensors.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace chorus::test;
using chorus::read_safetensors;
using chorus::StoredTensor;
using chorus::TensorFile;
using chorus::write_safetensors;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

/// A file as another program might write it: without a checksum.
std::string foreign_file(const std::string& header, const std::vector<float>& values = {}) {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  bytes += header;
  return bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

TensorFile sample() {
  TensorFile content;
  content.metadata = {{"format", "chorus 1"},
                      {"names", R"(["a \"quoted\",\"checksum\":\"crc32:1\" name","ünï"])"},
                      {"zebra", "{\"checksum\":\"crc32:00000000\"}"}};
  content.tensors["latents"] = {{2, 3}, {0.5F, -0.0F, 1e-40F, 3.4e38F, -1.25F, 7.0F}};
  content.tensors["bias"] = {{}, {42.0F}};
  content.tensors["empty"] = {{0, 5}, {}};
  content.tensors["z/weights.1"] = {{1, 4, 1}, {1.0F, 2.0F, 3.0F, 4.0F}};
  return content;
}

std::string bytes_of_sample() {
  const TemporaryFolder folder;
  write_safetensors(folder.path() / "sample", sample());
  return chorus::read_file(folder.path() / "sample");
}

std::uint64_t header_length(const std::string& bytes) {
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  return length;
}

std::uint32_t plain_crc32(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc % 2 == 0 ? crc / 2 : crc / 2 ^ 0xEDB88320U;
  }
  return ~crc;
}

/// The error of reading `bytes`; empty if it succeeds.
std::string failure(const std::string& bytes) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "hostile";
  write_bytes(file, bytes);
  const std::string message = error_of([&] { read_safetensors(file); });
  if (!message.empty()) check_holds(message, {"cannot read " + file.string() + ": "});
  return message;
}

void check_refused(const std::string& bytes, const std::string& reason) {
  check_holds(failure(bytes), {reason});
}

/// One random kind of damage; may by chance leave the bytes as they are.
std::string corrupted(const std::string& original, std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
  std::string bytes = original;
  const std::size_t header_end = 8 + header_length(original);
  const std::size_t in_header = 8 + below(header_end - 8);
  switch (below(8)) {
    case 0:  // a flipped bit anywhere
      bytes[below(bytes.size())] ^= static_cast<char>(1 << below(8));
      break;
    case 1:  // a flipped bit in the header, where it may hit what announces the checksum
      bytes[in_header] ^= static_cast<char>(1 << below(8));
      break;
    case 2:
      bytes.resize(below(bytes.size()));
      break;
    case 3:
      for (std::size_t i = 1 + below(20); i > 0; --i) bytes += static_cast<char>(below(256));
      break;
    case 4:  // a byte of the header replaced by what may well be valid there
      bytes[in_header] = "0123456789abcdef \t\n\"{}[],:"[below(26)];
      break;
    case 5: {  // a space inserted, with a header length that is right
      bytes.insert(in_header, 1, ' ');
      const std::uint64_t length = header_length(bytes) + 1;
      std::memcpy(bytes.data(), &length, sizeof length);
      break;
    }
    case 6:  // two bytes exchanged
      std::swap(bytes[below(bytes.size())], bytes[below(bytes.size())]);
      break;
    default:  // a run of zeros, as after a crash of the machine
      for (std::size_t i = below(bytes.size()), end = i + 1 + below(64);
           i < std::min(end, bytes.size()); ++i)
        bytes[i] = '\0';
  }
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(safetensors)

BOOST_AUTO_TEST_CASE(round_trip_keeps_every_bit) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.safetensors";
  write_safetensors(file, sample());
  const TensorFile back = read_safetensors(file);
  BOOST_CHECK(back == sample());
  BOOST_TEST(std::signbit(back.tensors.at("latents").values[1]));

  write_safetensors(file, {});
  BOOST_CHECK(read_safetensors(file) == TensorFile{});
}

BOOST_AUTO_TEST_CASE(same_content_gives_the_same_bytes) {
  BOOST_CHECK(bytes_of_sample() == bytes_of_sample());
}

BOOST_AUTO_TEST_CASE(layout_is_that_of_the_format) {
  const std::string bytes = bytes_of_sample();
  const std::uint64_t length = header_length(bytes);
  BOOST_TEST(length % 8 == 0U);
  BOOST_TEST(bytes.size() == 8 + length + 11 * sizeof(float));
  const std::string header = bytes.substr(8, length);
  BOOST_TEST(header.front() == '{');
  BOOST_TEST(header.find(R"("__metadata__":{"checksum":"crc32:)") != std::string::npos);
  BOOST_TEST(header.find(R"("bias":{"data_offsets":[0,4],"dtype":"F32","shape":[]})") !=
             std::string::npos);
  float first = 0;
  std::memcpy(&first, bytes.data() + 8 + length, sizeof first);
  BOOST_TEST(first == 42.0F);
}

BOOST_AUTO_TEST_CASE(checksum_is_the_crc32_of_the_file_with_zeros_for_it) {
  std::string bytes = bytes_of_sample();
  const std::string before = R"({"checksum":"crc32:)";
  const auto at = bytes.find(before) + before.size();
  const std::string digits = bytes.substr(at, 8);
  bytes.replace(at, 8, "00000000");
  BOOST_TEST(plain_crc32("123456789") == 0xCBF43926U);  // the check value of the standard
  BOOST_TEST(plain_crc32(bytes) == std::stoul(digits, nullptr, 16));
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_noticed) {
  const std::string original = bytes_of_sample();
  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    std::string bytes = original;
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
    BOOST_TEST(!failure(bytes).empty(), "bit " << bit << " of " << original.size() * 8);
  }
}

BOOST_AUTO_TEST_CASE(thousand_random_corruptions_are_refused) {
  const std::string original = bytes_of_sample();
  std::mt19937 random(20240601);
  for (int refused = 0; refused < 1000;) {
    const std::string bytes = corrupted(original, random);
    if (bytes == original) continue;
    BOOST_TEST(!failure(bytes).empty(), "corruption " << refused);
    ++refused;
  }
}

BOOST_AUTO_TEST_CASE(files_of_other_programs_are_read) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "foreign";
  write_bytes(file, foreign_file(R"({"b": {"dtype":"F32", "shape":[2], "data_offsets":[0, 8]},
                                     "a": {"dtype":"F32", "shape":[1,1], "data_offsets":[8, 12]}} )",
                                 {1.0F, 2.0F, 3.0F}));
  const TensorFile content = read_safetensors(file);
  BOOST_TEST(content.metadata.empty());
  BOOST_TEST(content.tensors.size() == 2U);
  BOOST_CHECK((content.tensors.at("a") == StoredTensor{{1, 1}, {3.0F}}));
  BOOST_CHECK((content.tensors.at("b") == StoredTensor{{2}, {1.0F, 2.0F}}));

  write_bytes(file, foreign_file(R"({"__metadata__":{"made by":"hand"}})"));
  BOOST_TEST(read_safetensors(file).metadata.at("made by") == "hand");
}

BOOST_AUTO_TEST_CASE(foreign_and_malformed_files_are_refused_with_what_was_found) {
  check_refused("", "found 0 bytes");
  check_refused("\x89PNG\r\n\x1a\n and more", "found a header length of");
  check_refused(foreign_file("{}").substr(0, 9), "found a header length of 2 bytes, expected at");
  check_refused(foreign_file("[]"), "not a JSON object");
  check_refused(foreign_file(std::string("{}\0 ", 4)), "not valid JSON");
  check_refused(foreign_file("{\"a\":"), "not valid JSON");
  check_refused(foreign_file("{\"\xFF\":1}"), "not valid JSON");
  check_refused(foreign_file(R"({"__metadata__":{"a":"1","a":"2"}})"), "the key 'a' twice");
  check_refused(foreign_file(R"({"__metadata__":{"a":1}})"), "__metadata__ is not an object");
  check_refused(foreign_file(R"({"__metadata__":{"checksum":"md5"}})"),
                "of a kind that this program does not know");
  check_refused(foreign_file("{" + std::string(200'000, '[')), "not valid JSON");
  check_refused(
      foreign_file(R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}"),
      "the header is nested deeper than 64 levels");
  check_refused(foreign_file(R"({"a":{"dtype":1e999}})"), "the header has a number that is too");
}

BOOST_AUTO_TEST_CASE(headers_that_would_take_long_are_refused) {
  check_refused(foreign_file("{" + std::string(17 << 20, ' ') + "}"),
                "found a header of 17825794 bytes, expected at most 16777216");
  std::string entries = "{";
  for (int i = 0; i < 5000; ++i) entries += fmt::format("\"{}\":0,", i);
  check_refused(foreign_file(entries + R"("t":0})"), "found 5001 entries, expected at most 4096");
  std::string values = R"({"a":[0)";
  for (int i = 0; i < 1'000'000; ++i) values += ",0";
  check_refused(foreign_file(values + "]}"), "the header has more than 262144 keys and values");
}

BOOST_AUTO_TEST_CASE(hostile_headers_are_refused_at_once) {
  const auto many = [](const std::string& open, const std::string& element, std::size_t bytes,
                       const std::string& close) {
    std::string header = open;
    for (std::size_t i = 0; header.size() < bytes; ++i)
      header += fmt::format(fmt::runtime(element), i) + ",";
    return header + close;
  };
  constexpr std::size_t most = std::size_t{15} << 20U;  // near the limit of 16 MiB
  const std::string tensor = R"("{}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})";
  for (const std::string& header :
       {R"({"__metadata__":{"a":")" + std::string(100'000'000, 'x') + "\"}}",
        many("{", R"("{}":{{}})", most, R"("t":0})"), many("{", tensor, most, R"("t":0})"),
        many(R"({"a":[)", "[]", most, "0]}"), many(R"({"a":[)", "{{}}", most, "0]}"),
        many(R"({"__metadata__":{)", R"("{}":"")", most, R"("t":0}})")}) {
    const std::string file = foreign_file(header);
    const auto began = std::chrono::steady_clock::now();
    check_refused(file, "");
    // Less than a second each; with others on the machine a few. It was a minute.
    BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::seconds(10)),
               header.substr(0, 60));
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_chorus_without_its_checksum_is_refused) {
  for (const char* format : {"chorus 1", "chorus model"})
    check_refused(foreign_file(fmt::format(R"({{"__metadata__":{{"format":"{}"}}}})", format)),
                  "checksum that chorus writes is missing");
}

BOOST_AUTO_TEST_CASE(malformed_tensors_are_refused_with_what_was_found) {
  const auto tensor = [](const std::string& dtype, const std::string& shape,
                         const std::string& offsets) {
    return R"("t":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets +
           "}";
  };
  const auto refuse = [](const std::string& entries, const std::string& reason,
                         const std::vector<float>& values = {0, 0}) {
    check_refused(foreign_file("{" + entries + "}", values), reason);
  };
  const std::string f32 = R"("F32")";
  refuse(R"("t":{"dtype":"F32","shape":[2]})", "lacks dtype, shape or data_offsets");
  refuse(tensor(R"("BF16")", "[4]", "[0,8]"), "has dtype \"BF16\", expected F32, F16, I8 or U8");
  refuse(tensor("7", "[4]", "[0,8]"), "has dtype 7, expected F32, F16, I8 or U8");
  refuse(tensor(f32, "2", "[0,8]"), "the shape of tensor 't' is not a list");
  refuse(tensor(f32, "[-2]", "[0,8]"), "the shape of tensor 't' is not a list");
  refuse(tensor(f32, "[2.0]", "[0,8]"), "the shape of tensor 't' is not a list");
  refuse(tensor(f32, "[18446744073709551616]", "[0,8]"), "is not a list of whole numbers");
  refuse(tensor(f32, "[2]", "[0]"), "not a begin and an end");
  refuse(tensor(f32, "[2]", "[8,0]"), "not a begin and an end");
  refuse(tensor(f32, "[3]", "[0,8]"), "tensor 't' has 8 bytes; expected 12 by its shape");
  refuse(tensor(f32, "[4294967296,4294967296,0]", "[0,8]"), "too large");
  refuse(tensor(f32, "[4611686018427387906]", "[0,8]"), "too large");
  refuse(tensor(f32, "[1]", "[4,8]"), "begins at byte 4, expected 0");
  refuse(tensor(f32, "[1]", "[0,4]"), "found 8 bytes of tensor data; expected 4 by the header");
  refuse(tensor(f32, "[4]", "[0,16]"), "found 8 bytes of tensor data; expected 16 by the header");
  refuse(R"("s":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)" + tensor(f32, "[2]", "[0,8]"),
         "begins at byte 0, expected 8");
  refuse(tensor(f32, "[2]", "[0,8]"), "holds inf at index 1", {0, infinity});
}

BOOST_AUTO_TEST_CASE(only_what_can_be_read_back_is_written) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a";
  const auto check_error = [&](const TensorFile& content, const std::string& reason) {
    BOOST_CHECK_EXCEPTION(write_safetensors(file, content), chorus::Error, [&](const auto& error) {
      return std::string(error.what()) == "cannot write " + file.string() + ": " + reason;
    });
  };
  check_error({{}, {{"t", {{2}, {1.0F, -infinity}}}}},
              "tensor 't' holds -inf at index 1, expected finite values");
  check_error({{{"name", "\xFF"}}, {}}, "its names or metadata are not valid UTF-8");
  check_error({{}, {{"\xC3", {{}, {0.0F}}}}}, "its names or metadata are not valid UTF-8");
  TensorFile many;
  for (int i = 0; i < 4097; ++i) many.tensors[std::to_string(i)] = {{}, {0.0F}};
  BOOST_CHECK_THROW(write_safetensors(file, many), chorus::Error);
  BOOST_CHECK_THROW(write_safetensors(file, {{{"images", std::string(16 << 20, 'x')}}, {}}),
                    chorus::Error);

  const auto check_invalid = [&](const TensorFile& content) {
    BOOST_CHECK_THROW(write_safetensors(file, content), std::invalid_argument);
  };
  check_invalid({{}, {{"t", {{3}, {1.0F}}}}});
  check_invalid({{}, {{"__metadata__", {{1}, {1.0F}}}}});
  check_invalid({{{"checksum", "1"}}, {}});
  check_invalid({{{"other", "crc32:12345678"}}, {}});
  BOOST_TEST(!fs::exists(file));
}

BOOST_AUTO_TEST_CASE(smaller_types_come_back_as_they_were_rounded) {
  using chorus::StoredType;
  TensorFile content;
  content.tensors["a"] = {{3}, {-128, 0, 127}, StoredType::i8};
  content.tensors["b"] = {{2, 2}, {1.0F / 3, -65504, 6e-8F, 0}, StoredType::f16};
  content.tensors["c"] = {{2}, {1e-30F, 3}};
  content.tensors["d"] = {{1}, {255}, StoredType::u8};
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "small";
  write_safetensors(file, content);
  BOOST_TEST(fs::file_size(file) == chorus::safetensors_bytes(content));
  const TensorFile back = read_safetensors(file);
  content.tensors["b"].values = {0.333251953125F, -65504, 0x1p-24F, 0};
  BOOST_TEST((back.tensors == content.tensors));
  // The widest types lie first, so that all are aligned.
  const std::string header = chorus::read_file(file);
  BOOST_TEST(holds(header, R"("c":{"data_offsets":[0,8],"dtype":"F32")"));
  BOOST_TEST(holds(header, R"("b":{"data_offsets":[8,16],"dtype":"F16")"));
  BOOST_TEST(holds(header, R"("d":{"data_offsets":[19,20],"dtype":"U8")"));
}

BOOST_AUTO_TEST_CASE(numbers_that_a_type_cannot_hold_are_not_written) {
  using chorus::StoredType;
  const TemporaryFolder folder;
  const auto refused = [&](float value, StoredType type) {
    TensorFile content;
    content.tensors["a"] = {{2}, {0, value}, type};
    const std::string message = error_of([&] { write_safetensors(folder.path() / "x", content); });
    check_holds(message, {"tensor 'a' holds", "at index 1, which"});
  };
  refused(65520, StoredType::f16);
  refused(128, StoredType::i8);
  refused(0.5F, StoredType::i8);
  refused(-1, StoredType::u8);
}

BOOST_AUTO_TEST_CASE(the_size_of_smaller_types_is_checked) {
  check_refused(
      foreign_file(R"({"t":{"dtype":"F16","shape":[4],"data_offsets":[0,16]}})", {1, 2, 3, 4}),
      "tensor 't' has 16 bytes; expected 8 by its shape");
  check_refused(
      foreign_file(R"({"t":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}})", {infinity}),
      "expected finite values");
}

BOOST_AUTO_TEST_SUITE_END()
