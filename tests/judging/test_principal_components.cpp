#include "principal_components.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "random.hpp"

using namespace chorus;

namespace {

using Vectors = std::vector<std::vector<double>>;

Vectors random_vectors(std::size_t count, std::size_t length) {
  RandomStream random(3, Stream::test_matrices);
  Vectors vectors(count, std::vector<double>(length));
  for (auto& vector : vectors)
    for (std::size_t i = 0; i < length; ++i)
      vector[i] = static_cast<double>(random.normal()) * static_cast<double>(i + 1);
  return vectors;
}

double squared_error(const PrincipalComponents& components, const Vectors& vectors) {
  double sum = 0;
  for (const auto& vector : vectors) {
    const std::vector<double> near = components.reconstructed(vector);
    for (std::size_t i = 0; i < vector.size(); ++i) sum += std::pow(near[i] - vector[i], 2);
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(principal_components)

BOOST_AUTO_TEST_CASE(the_first_direction_of_points_on_a_line_is_the_line) {
  const Vectors points = {{1, 2, 3}, {2, 4, 3}, {4, 8, 3}};
  const PrincipalComponents line(points, 1);
  BOOST_TEST(squared_error(line, points) < 1e-20);
  // The foot of the perpendicular from (0, 5, 9) on (t, 2 t, 3) has t = 2.
  const std::vector<double> foot = line.reconstructed({0, 5, 9});
  BOOST_TEST(foot == std::vector<double>({2, 4, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_error_is_that_of_the_directions_left_out) {
  for (const auto& vectors : {random_vectors(6, 20), random_vectors(20, 6)}) {
    double before = squared_error(PrincipalComponents(vectors, 0), vectors);
    for (std::size_t count = 1; count <= 4; ++count) {
      const double error = squared_error(PrincipalComponents(vectors, count), vectors);
      BOOST_TEST(error < before);
      before = error;
    }
    BOOST_TEST(squared_error(PrincipalComponents(vectors, 100), vectors) < 1e-15 * before);
  }
}

BOOST_AUTO_TEST_CASE(there_are_no_more_directions_than_vectors_differ_in) {
  BOOST_TEST(PrincipalComponents(random_vectors(6, 20), 100).count() == 5U);
  BOOST_TEST(PrincipalComponents({{1, 2}, {1, 2}}, 2).count() == 0U);
  BOOST_TEST(PrincipalComponents({{7, 7}}, 3).reconstructed({0, 0}) == std::vector<double>({7, 7}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(vectors_of_other_lengths_are_refused) {
  BOOST_CHECK_THROW(PrincipalComponents({}, 1), std::invalid_argument);
  BOOST_CHECK_THROW(PrincipalComponents({{1}, {1, 2}}, 1), std::invalid_argument);
  BOOST_CHECK_THROW(PrincipalComponents({{1, 2}}, 1).reconstructed({1}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
