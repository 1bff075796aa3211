#include "safetensors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "chorus/error.hpp"
#include "files.hpp"
#include "formatted.hpp"
#include "parse_json.hpp"
#include "printable.hpp"
#include "stored_types.hpp"

namespace chorus {
namespace {

using nlohmann::json;

constexpr std::size_t length_bytes = 8;  // of the header length at the start of the file
/// A list of 100,000 images needs half of this. (Other programs allow 100 MB, which takes 20 s to
/// read.)
constexpr std::size_t max_header_bytes = std::size_t{16} << 20;
constexpr std::size_t max_tensors = 4096;  // a training state of the deepest network has 1,000
constexpr std::size_t max_header_values = 64 * max_tensors;  // keys included; a tensor has some 12
constexpr std::size_t alignment = 8;                         // of the data in the file, in bytes

constexpr std::string_view metadata_key = "__metadata__";
constexpr std::string_view checksum_key = "checksum";
constexpr std::string_view checksum_prefix = "crc32:";
constexpr std::string_view zero_digits = "00000000";

// --- checksum ---------------------------------------------------------------------------------

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
    table[byte] = crc;
  }
  return table;
}

class Crc32 {
 public:
  void add(std::string_view bytes) {
    static constexpr auto table = make_crc_table();
    for (const char byte : bytes)
      crc_ = (crc_ >> 8) ^ table[(crc_ ^ static_cast<unsigned char>(byte)) & 0xFFU];
  }
  std::string hex() const { return formatted("{:08x}", ~crc_); }

 private:
  std::uint32_t crc_ = 0xFFFFFFFFU;
};

/// The place where the digits of the checksum begin in a header that write_safetensors() made. In a
/// JSON string a quote follows a backslash, never a brace or a comma, so only a key can match.
std::optional<std::size_t> find_checksum_digits(std::string_view header) {
  const std::string entry = formatted("\"{}\":\"{}", checksum_key, checksum_prefix);
  for (const char before : {'{', ','}) {
    const auto at = header.find(before + entry);
    if (at == std::string_view::npos) continue;
    const auto digits = at + 1 + entry.size();
    if (digits + zero_digits.size() <= header.size()) return digits;
  }
  return std::nullopt;
}

// --- writing ----------------------------------------------------------------------------------

using NamedTensor = std::pair<const std::string, StoredTensor>;

/// The tensors in the order of their data.
std::vector<const NamedTensor*> in_file_order(const TensorFile& content) {
  std::vector<const NamedTensor*> tensors;
  for (const StoredTypeInfo& info : stored_types)
    for (const NamedTensor& each : content.tensors)
      if (each.second.type == info.type) tensors.push_back(&each);
  return tensors;
}

/// The product of the dimensions; nothing if it is too large.
std::optional<std::size_t> element_count(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t extent : shape)
    if (__builtin_mul_overflow(count, extent, &count)) return std::nullopt;
  return count;
}

void require_finite(const std::string& name, const StoredTensor& tensor) {
  const auto bad =
      std::ranges::find_if_not(tensor.values, [](float value) { return std::isfinite(value); });
  if (bad != tensor.values.end())
    throw Error(formatted("tensor '{}' holds {} at index {}, expected finite values", name, *bad,
                          bad - tensor.values.begin()));
}

void require_in_range(const std::string& name, const StoredTensor& tensor) {
  const auto bad = std::ranges::find_if_not(tensor.values,
                                            [&](float value) { return fits(value, tensor.type); });
  if (bad != tensor.values.end())
    throw Error(formatted("tensor '{}' holds {} at index {}, which {} cannot hold", name, *bad,
                          bad - tensor.values.begin(), info_of(tensor.type).name));
}

void require_writable(const TensorFile& content) {
  for (const auto& [key, value] : content.metadata)
    if (key == checksum_key || value.starts_with(checksum_prefix))
      throw std::invalid_argument(formatted("metadata '{}' is reserved for the checksum", key));
  for (const auto& [name, tensor] : content.tensors) {
    if (name == metadata_key) throw std::invalid_argument("a tensor cannot be named __metadata__");
    if (element_count(tensor.shape) != tensor.values.size())
      throw std::invalid_argument(formatted("tensor '{}' has {} values, not those of its shape",
                                            name, tensor.values.size()));
    require_finite(name, tensor);
    require_in_range(name, tensor);
  }
}

/// The header with zeros in place of the checksum, padded so that the data is aligned.
std::string make_header(const TensorFile& content) {
  json header;
  header[metadata_key] = content.metadata;
  header[metadata_key][checksum_key] = formatted("{}{}", checksum_prefix, zero_digits);
  std::size_t begin = 0;
  for (const NamedTensor* each : in_file_order(content)) {
    const auto& [name, tensor] = *each;
    const std::size_t end = begin + data_bytes(tensor);
    header[name] = {{"dtype", info_of(tensor.type).name},
                    {"shape", tensor.shape},
                    {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = header.dump();
  if (content.tensors.size() > max_tensors || text.size() + alignment > max_header_bytes)
    throw Error(
        formatted("{} tensors with a header of {} bytes; a file has at most {} and {} bytes",
                  content.tensors.size(), text.size(), max_tensors, max_header_bytes));
  text.append((alignment - text.size() % alignment) % alignment, ' ');
  return text;
}

std::string length_prefix(std::size_t header_bytes) {
  const auto length = static_cast<std::uint64_t>(header_bytes);
  std::string prefix(length_bytes, '\0');
  std::memcpy(prefix.data(), &length, length_bytes);
  return prefix;
}

/// The file up to the data, with its checksum.
std::string make_front(const TensorFile& content) {
  const std::string header = make_header(content);
  std::string front = length_prefix(header.size()) + header;
  Crc32 crc;
  crc.add(front);
  for (const NamedTensor* each : in_file_order(content)) crc.add(encoded(each->second));
  front.replace(*find_checksum_digits(front), zero_digits.size(), crc.hex());
  return front;
}

// --- reading ----------------------------------------------------------------------------------
// The functions below throw Error with the reason only; parse_safetensors() adds the name of the
// file.

struct Parts {
  std::string_view header;
  std::string_view data;
};

Parts split(std::string_view bytes) {
  if (bytes.size() < length_bytes)
    throw Error(
        formatted("found {} bytes, expected a safetensors file, which starts with 8 "
                  "bytes of header length",
                  bytes.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  const std::size_t rest = bytes.size() - length_bytes;
  if (length > rest)
    throw Error(
        formatted("found a header length of {} bytes, expected at most {}: not a "
                  "safetensors file, or a truncated one",
                  length, rest));
  if (length > max_header_bytes)
    throw Error(
        formatted("found a header of {} bytes, expected at most {}", length, max_header_bytes));
  const auto header_bytes = static_cast<std::size_t>(length);
  return {bytes.substr(length_bytes, header_bytes), bytes.substr(length_bytes + header_bytes)};
}

json parse_header(std::string_view header) {
  if (!header.starts_with('{'))
    throw Error("the header is not a JSON object: not a safetensors file, or a damaged one");
  return parse_json(header, "the header", max_header_values);
}

std::map<std::string, std::string> read_metadata(const json& header) {
  const auto entry = header.find(metadata_key);
  if (entry == header.end()) return {};
  try {
    return entry->get<std::map<std::string, std::string>>();
  } catch (const json::exception&) {
    throw Error("__metadata__ is not an object of strings");
  }
}

/// The key or the form of the value shows that a checksum was written. Damage to one of them
/// therefore does not turn the file into one without a checksum.
bool announces_checksum(const std::map<std::string, std::string>& metadata) {
  return std::ranges::any_of(metadata, [](const auto& entry) {
    return entry.first == checksum_key || entry.second.starts_with(checksum_prefix);
  });
}

bool is_ours(const std::map<std::string, std::string>& metadata) {
  const auto format = metadata.find("format");
  return format != metadata.end() && format->second.starts_with("chorus ");
}

void verify_checksum(std::string_view bytes, const Parts& parts) {
  const auto digits = find_checksum_digits(parts.header);
  if (!digits) throw Error("the checksum is damaged, or of a kind that this program does not know");
  const auto found = parts.header.substr(*digits, zero_digits.size());
  const std::size_t before = length_bytes + *digits;
  Crc32 crc;
  crc.add(bytes.substr(0, before));
  crc.add(zero_digits);
  crc.add(bytes.substr(before + zero_digits.size()));
  if (crc.hex() != found)
    throw Error(
        formatted("the content has the checksum {}, expected {}: the file is damaged or "
                  "was edited",
                  crc.hex(), found));
}

/// The place of a tensor in the data, as the header describes it.
struct Entry {
  std::string name;
  StoredType type = StoredType::f32;
  std::vector<std::size_t> shape;
  std::size_t begin = 0;  // from the start of the data
  std::size_t end = 0;
};

std::vector<std::size_t> read_sizes(const json& list, std::string_view what) {
  const bool good = list.is_array() && std::ranges::all_of(list, &json::is_number_unsigned);
  if (!good) throw Error(formatted("{} is not a list of whole numbers", what));
  return list.get<std::vector<std::size_t>>();
}

Entry read_entry(const std::string& name, const json& value) {
  if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") ||
      !value.contains("data_offsets"))
    throw Error(formatted("tensor '{}' lacks dtype, shape or data_offsets", name));
  const auto type = std::ranges::find_if(
      stored_types, [&](const StoredTypeInfo& info) { return value["dtype"] == info.name; });
  if (type == stored_types.end())
    throw Error(formatted("tensor '{}' has dtype {}, expected F32, F16, I8 or U8", name,
                          value["dtype"].dump()));
  const auto shape = read_sizes(value["shape"], formatted("the shape of tensor '{}'", name));
  const auto offsets =
      read_sizes(value["data_offsets"], formatted("data_offsets of tensor '{}'", name));
  if (offsets.size() != 2 || offsets[0] > offsets[1])
    throw Error(formatted("data_offsets of tensor '{}' are not a begin and an end", name));
  return {name, type->type, shape, offsets[0], offsets[1]};
}

void require_size_of_shape(const Entry& entry) {
  const auto count = element_count(entry.shape);
  const std::size_t found = entry.end - entry.begin, bytes = info_of(entry.type).bytes;
  if (!count || *count > std::numeric_limits<std::size_t>::max() / bytes)
    throw Error(formatted("the shape of tensor '{}' is too large", entry.name));
  if (*count * bytes != found)
    throw Error(formatted("tensor '{}' has {} bytes; expected {} by its shape", entry.name, found,
                          *count * bytes));
}

/// The tensors in the order of their data, which must cover the data exactly.
std::vector<Entry> read_entries(const json& header, std::size_t data_bytes) {
  if (header.size() > max_tensors + 1)
    throw Error(
        formatted("found {} entries, expected at most {} tensors", header.size(), max_tensors));
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items())
    if (name != metadata_key) entries.push_back(read_entry(name, value));
  std::ranges::sort(entries, {}, [](const Entry& e) { return std::pair(e.begin, e.end); });

  std::size_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != covered)
      throw Error(formatted("the data of tensor '{}' begins at byte {}, expected {}", entry.name,
                            entry.begin, covered));
    require_size_of_shape(entry);
    covered = entry.end;
  }
  if (covered != data_bytes)
    throw Error(
        formatted("found {} bytes of tensor data; expected {} by the header", data_bytes, covered));
  return entries;
}

StoredTensor read_tensor(const Entry& entry, std::string_view data) {
  const auto bytes = data.substr(entry.begin, entry.end - entry.begin);
  StoredTensor tensor{entry.shape, decoded(bytes, entry.type), entry.type};
  require_finite(entry.name, tensor);
  return tensor;
}

TensorFile parse(std::string_view bytes) {
  const Parts parts = split(bytes);
  const json header = parse_header(parts.header);
  TensorFile content{read_metadata(header), {}};
  if (announces_checksum(content.metadata)) {
    verify_checksum(bytes, parts);
    content.metadata.erase(std::string(checksum_key));
  } else if (is_ours(content.metadata)) {
    throw Error("the checksum that chorus writes is missing: the file is damaged or was edited");
  }
  for (const Entry& entry : read_entries(header, parts.data.size()))
    content.tensors.emplace(entry.name, read_tensor(entry, parts.data));
  return content;
}

}  // namespace

void write_safetensors(const std::filesystem::path& file, const TensorFile& content) {
  std::string front;
  try {
    require_writable(content);
    front = make_front(content);
  } catch (const Error& error) {
    throw Error(formatted("cannot write {}: {}", shown(file), error.what()));
  } catch (const json::type_error&) {
    throw Error(
        formatted("cannot write {}: its names or metadata are not valid UTF-8", shown(file)));
  }
  write_atomically(file, [&](std::ostream& stream) {
    stream << front;
    for (const NamedTensor* each : in_file_order(content)) stream << encoded(each->second);
  });
}

std::size_t safetensors_bytes(const TensorFile& content) {
  require_writable(content);
  std::size_t bytes = length_bytes + make_header(content).size();
  for (const auto& [name, tensor] : content.tensors) bytes += data_bytes(tensor);
  return bytes;
}

TensorFile parse_safetensors(std::string_view bytes, const std::string& origin) {
  try {
    return parse(bytes);
  } catch (const Error& error) {
    throw Error(formatted("cannot read {}: {}", origin, error.what()));
  }
}

TensorFile read_safetensors(const std::filesystem::path& file) {
  return parse_safetensors(read_file(file), shown(file));
}

}  // namespace chorus
