#pragma once

#include <cstddef>
#include <vector>

namespace chorus {

/// The mean of vectors and the orthogonal directions in which they vary most: what a linear code of
/// few numbers can say of them (Pearson 1901).
class PrincipalComponents {
 public:
  /// The vectors have one length. Keeps `count` directions, or as many as the vectors differ in.
  /// Throws std::invalid_argument if there are none, or if they differ in length.
  PrincipalComponents(const std::vector<std::vector<double>>& vectors, std::size_t count);

  std::size_t count() const { return directions_.size(); }
  /// The nearest vector of the form mean + sum of directions. Throws std::invalid_argument if the
  /// length is another.
  std::vector<double> reconstructed(const std::vector<double>& vector) const;
  /// How far the vector lies along each direction, from the mean. Throws as reconstructed() does.
  std::vector<double> coordinates(const std::vector<double>& vector) const;

 private:
  std::vector<double> mean_;
  std::vector<std::vector<double>> directions_;  ///< orthonormal
};

}  // namespace chorus
