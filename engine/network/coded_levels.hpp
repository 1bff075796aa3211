#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "range_coder.hpp"

// Matrices of whole numbers, and texts, in as few bits as their distribution allows.

namespace chorus {

/// A matrix whose values are whole numbers times a step. The step at row r and column c is
/// 2^((row_quarters[r] + col_quarters[c]) / 4), up to a factor that all matrices share.
struct LevelMatrix {
  std::size_t rows = 0, cols = 0;
  std::vector<int> row_quarters, col_quarters;  ///< [rows], [cols]
  std::vector<int> levels;                      ///< [rows x cols]
};

constexpr int largest_coded_level = 32767;
/// Of rows and of columns. Rows of one matrix are at most 24 octaves apart.
constexpr int most_quarters = 128, most_quarters_apart = 96;

/// What an encoder and a decoder know at any time of the numbers to come. How large a number will
/// be is expected by the mean magnitudes of its row and of its column so far; these expectations,
/// rounded, are the contexts of the bits. All matrices share them.
class LevelModels {
 public:
  /// Throws std::invalid_argument if a level or a step is too large.
  void encode(const LevelMatrix& matrix, RangeEncoder& coder);
  /// `rows` and `cols` are those of the matrix. Throws Error if a step is too large.
  LevelMatrix decode(std::size_t rows, std::size_t cols, RangeDecoder& coder);

 private:
  static constexpr std::size_t classes = 16, contexts = 28;
  /// Numbers by the bits of their magnitude: the class is how many there are.
  struct Magnitudes {
    AdaptiveBit tree[classes], second_bit[classes], third_bit[classes][2];
  };

  template <class Coder>
  void code(LevelMatrix& matrix, Coder& coder);
  template <class Coder>
  void code_steps(std::vector<int>& quarters, Coder& coder);
  template <class Coder>
  int code_number(int number, Magnitudes& models, Coder& coder);

  Magnitudes levels_[contexts], steps_;
};

/// Bytes, each expected by the one before.
class TextModel {
 public:
  TextModel() : trees_(std::size_t{256} * 256) {}
  void encode(const std::string& text, RangeEncoder& coder);
  /// Throws Error if it were longer than `most_bytes`.
  std::string decode(std::size_t most_bytes, RangeDecoder& coder);

 private:
  template <class Coder>
  unsigned char code(unsigned char before, unsigned char byte, Coder& coder);

  std::vector<AdaptiveBit> trees_;
};

}  // namespace chorus
