#include "coded_levels.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <stdexcept>

#include "chorus/error.hpp"

namespace chorus {

namespace {

constexpr int length_bits = 24;  // of a text
constexpr int mean_bits = 8;     // of the mean magnitude of a matrix, in quarters of octaves
/// So many numbers of the mean magnitude of the matrix are counted with the numbers of a row and
/// of a column, which are few at first.
constexpr std::uint64_t row_prior = 8, column_prior = 4;

/// The binary logarithm in quarters, rounded down; between powers of two it is a straight line.
int quarter_log(std::uint64_t number) {
  const auto octave = static_cast<int>(std::bit_width(std::max<std::uint64_t>(number, 1))) - 1;
  const std::uint64_t above = octave >= 2 ? number >> (octave - 2) : number << (2 - octave);
  return 4 * octave + static_cast<int>(number == 0 ? 0 : above & 3);
}

std::uint64_t from_quarter_log(int quarters) {
  return std::max<std::uint64_t>((std::uint64_t{4} + (quarters & 3)) << (quarters / 4) >> 2, 1);
}

/// 16 * 2^(quarters / 4), for comparing magnitudes of rows with different steps.
std::uint64_t weight_of(int quarters) {
  constexpr std::uint64_t within_octave[] = {16, 19, 23, 27};
  return within_octave[quarters & 3] << (quarters / 4);
}

/// The magnitudes of a matrix so far, in units that all rows share.
class Magnitude {
 public:
  Magnitude(const LevelMatrix& matrix, int mean_quarters)
      : mean_(from_quarter_log(mean_quarters)), mean_log_(mean_quarters), columns_(matrix.cols) {}

  void begin_row(std::uint64_t weight) {
    weight_ = weight;
    weight_log_ = quarter_log(weight);
    row_ = 0;
  }
  /// The logarithm of the level that is expected, in quarters.
  int expected(std::size_t row, std::size_t col) const {
    const std::uint64_t by_row = (row_prior * mean_ + row_) / (row_prior + col);
    const std::uint64_t by_column = (column_prior * mean_ + columns_[col]) / (column_prior + row);
    return quarter_log(by_row) + quarter_log(by_column) - mean_log_ - weight_log_;
  }
  void add(std::size_t col, int level) {
    const std::uint64_t magnitude = static_cast<std::uint64_t>(std::abs(level)) * weight_;
    row_ += magnitude;
    columns_[col] += magnitude;
  }

 private:
  std::uint64_t mean_, row_ = 0, weight_ = 1;
  int mean_log_, weight_log_ = 0;
  std::vector<std::uint64_t> columns_;
};

int mean_of(const LevelMatrix& matrix) {
  const int least = *std::ranges::min_element(matrix.row_quarters);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < matrix.levels.size(); ++i)
    sum += static_cast<std::uint64_t>(std::abs(matrix.levels[i])) *
           weight_of(matrix.row_quarters[i / matrix.cols] - least);
  return quarter_log(sum / matrix.levels.size());
}

/// All bits of a byte, the highest first, each expected by those before it.
template <class Coder>
std::uint32_t code_tree(AdaptiveBit* tree, std::uint32_t value, int bits, Coder& coder) {
  std::uint32_t node = 1;
  for (int k = bits - 1; k >= 0; --k)
    node = node << 1 | static_cast<std::uint32_t>(coder.bit(tree[node], (value >> k & 1) != 0));
  return node - (1U << bits);
}

}  // namespace

template <class Coder>
int LevelModels::code_number(int number, Magnitudes& models, Coder& coder) {
  const auto given = static_cast<std::uint32_t>(std::abs(number));
  const auto bits = static_cast<int>(
      code_tree(models.tree, static_cast<std::uint32_t>(std::bit_width(given)), 4, coder));
  if (bits == 0) return 0;
  std::uint32_t magnitude = 1;
  const auto add_bit = [&](AdaptiveBit& model, int place) {
    magnitude =
        magnitude << 1 | static_cast<std::uint32_t>(coder.bit(model, (given >> place & 1) != 0));
  };
  if (bits >= 2) add_bit(models.second_bit[bits], bits - 2);
  if (bits >= 3) add_bit(models.third_bit[bits][magnitude & 1], bits - 3);
  if (const int rest = bits - 3; rest > 0)
    magnitude = magnitude << rest | coder.even_bits(given & ((1U << rest) - 1), rest);
  const bool is_negative = coder.even_bits(number < 0 ? 1 : 0, 1) != 0;
  return is_negative ? -static_cast<int>(magnitude) : static_cast<int>(magnitude);
}

/// The first step, then the difference of each to the one before.
template <class Coder>
void LevelModels::code_steps(std::vector<int>& quarters, Coder& coder) {
  int before = 0;
  for (int& each : quarters) {
    each = before + code_number(each - before, steps_, coder);
    if (std::abs(each) > most_quarters) throw Error("a step of the coded numbers is too large");
    before = each;
  }
}

template <class Coder>
void LevelModels::code(LevelMatrix& matrix, Coder& coder) {
  code_steps(matrix.row_quarters, coder);
  code_steps(matrix.col_quarters, coder);
  const auto [least, most] = std::ranges::minmax(matrix.row_quarters);
  if (most - least > most_quarters_apart)
    throw Error("the steps of the coded numbers are too far apart");
  const auto mean = static_cast<std::uint32_t>(mean_of(matrix));
  Magnitude magnitude(matrix, static_cast<int>(coder.even_bits(mean, mean_bits)));
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    magnitude.begin_row(weight_of(matrix.row_quarters[row] - least));
    for (std::size_t col = 0; col < matrix.cols; ++col) {
      // Contexts are half octaves, and the first is that of an eighth of a level.
      constexpr int first = -12;
      const int context = (magnitude.expected(row, col) - first) / 2;
      int& level = matrix.levels[row * matrix.cols + col];
      level = code_number(level, levels_[std::clamp<int>(context, 0, contexts - 1)], coder);
      magnitude.add(col, level);
    }
  }
}

void LevelModels::encode(const LevelMatrix& matrix, RangeEncoder& coder) {
  const auto is_too_large = [](int level) { return std::abs(level) > largest_coded_level; };
  if (std::ranges::any_of(matrix.levels, is_too_large))
    throw std::invalid_argument("LevelModels: a level is too large");
  LevelMatrix copy = matrix;
  try {
    code(copy, coder);
  } catch (const Error& error) {
    throw std::invalid_argument(error.what());
  }
}

LevelMatrix LevelModels::decode(std::size_t rows, std::size_t cols, RangeDecoder& coder) {
  LevelMatrix matrix{rows, cols, std::vector<int>(rows), std::vector<int>(cols),
                     std::vector<int>(rows * cols)};
  code(matrix, coder);
  return matrix;
}

template <class Coder>
unsigned char TextModel::code(unsigned char before, unsigned char byte, Coder& coder) {
  return static_cast<unsigned char>(code_tree(&trees_[std::size_t{256} * before], byte, 8, coder));
}

void TextModel::encode(const std::string& text, RangeEncoder& coder) {
  if (text.size() >= std::size_t{1} << length_bits)
    throw std::invalid_argument("TextModel: the text is too long");
  coder.even_bits(static_cast<std::uint32_t>(text.size()), length_bits);
  unsigned char before = 0;
  for (const char letter : text) before = code(before, static_cast<unsigned char>(letter), coder);
}

std::string TextModel::decode(std::size_t most_bytes, RangeDecoder& coder) {
  const std::uint32_t length = coder.even_bits(0, length_bits);
  if (length > most_bytes) throw Error("the coded text is too long");
  std::string text;
  text.reserve(length);
  unsigned char before = 0;
  while (text.size() < length) {
    before = code(before, 0, coder);
    text.push_back(static_cast<char>(before));
  }
  return text;
}

}  // namespace chorus
