#include "pairs.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <span>
#include <vector>

#include "blossom_matching.hpp"
#include "chorus/error.hpp"
#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "image_distance.hpp"
#include "metrics.hpp"
#include "random.hpp"
#include "threads.hpp"

namespace {

using namespace chorus;

DistanceMatrix random_distances(std::size_t images, std::uint32_t levels, RandomStream& random) {
  DistanceMatrix distances(images, std::vector<double>(images));
  for (std::size_t a = 0; a < images; ++a)
    for (std::size_t b = a + 1; b < images; ++b)
      distances[a][b] = distances[b][a] = below(random.word(), levels);
  return distances;
}

std::vector<ImagePair> closest_pairs(const DistanceMatrix& distances, std::size_t count) {
  PairSelection selection(distances.size(), 0, count);
  for (std::size_t a = 0; a < distances.size(); ++a)
    selection.add(a, std::span(distances[a]).subspan(a + 1));
  return selection.closest();
}

/// The least sum over all ways to choose `count` disjoint pairs among images from `first` on.
double least_sum(const DistanceMatrix& distances, std::size_t count, std::vector<bool> used,
                 std::size_t first = 0) {
  if (count == 0) return 0;
  while (first < used.size() && used[first]) ++first;
  if (first == used.size()) return std::numeric_limits<double>::infinity();
  used[first] = true;
  double best = least_sum(distances, count, used, first + 1);
  for (std::size_t b = first + 1; b < used.size(); ++b) {
    if (used[b]) continue;
    used[b] = true;
    best = std::min(best, distances[first][b] + least_sum(distances, count - 1, used, first + 1));
    used[b] = false;
  }
  return best;
}

double sum_of(const std::vector<ImagePair>& pairs) {
  double sum = 0;
  for (const ImagePair& pair : pairs) sum += pair.distance;
  return sum;
}

bool disjoint(const std::vector<ImagePair>& pairs) {
  std::set<std::size_t> images;
  for (const ImagePair& pair : pairs) images.insert({pair.a, pair.b});
  return images.size() == 2 * pairs.size();
}

/// The most weight of a matching of vertices from `first` on.
std::int64_t most_weight(const std::vector<std::vector<std::int64_t>>& weights,
                         std::vector<bool> used, std::size_t first = 0) {
  while (first < used.size() && used[first]) ++first;
  if (first == used.size()) return 0;
  used[first] = true;
  std::int64_t best = most_weight(weights, used, first + 1);
  for (std::size_t b = first + 1; b < used.size(); ++b) {
    if (used[b] || weights[first][b] == 0) continue;
    used[b] = true;
    best = std::max(best, weights[first][b] + most_weight(weights, used, first + 1));
    used[b] = false;
  }
  return best;
}

Model tiny_model(Memory& memory) {
  SirenConfig config;
  config.width = 16;
  config.hidden_layers = 1;
  config.latent = 4;
  std::vector<EncodedImage> images;
  for (const char* name : {"a", "b", "c", "d", "e"}) images.push_back({name, 12, 8});
  return make_model(memory, config, images, 3);
}

/// White with a square of a colour.
Image square(std::size_t x, std::size_t y, std::size_t side, const Rgb& color) {
  Image image(48, 48, 1.0F);
  for (std::size_t v = y; v < y + side; ++v)
    for (std::size_t u = x; u < x + side; ++u)
      std::copy(color.begin(), color.end(), image.pixel(u, v));
  return image;
}

constexpr Rgb red = {1, 0, 0}, blue = {0, 0, 1};

}  // namespace

BOOST_AUTO_TEST_SUITE(pairs)

BOOST_AUTO_TEST_CASE(a_matching_weighs_as_much_as_the_best_of_all) {
  RandomStream random(1, Stream{0});
  for (int round = 0; round < 3000; ++round) {
    const std::size_t n = 2 + below(random.word(), 9);
    const std::uint32_t levels = round % 2 == 0 ? 4 : 1000, density = 1 + below(random.word(), 8);
    std::vector<std::vector<std::int64_t>> weights(n, std::vector<std::int64_t>(n));
    std::vector<WeightedEdge> edges;
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = a + 1; b < n; ++b) {
        if (below(random.word(), 8) >= density) continue;
        edges.push_back({a, b, 1 + below(random.word(), levels)});
        weights[a][b] = weights[b][a] = edges.back().weight;
      }
    const std::vector<std::size_t> partner = maximum_weight_matching(n, edges);
    std::int64_t weight = 0;
    for (std::size_t a = 0; a < n; ++a) {
      if (partner[a] == n) continue;
      BOOST_REQUIRE(partner[partner[a]] == a);
      BOOST_REQUIRE(weights[a][partner[a]] > 0);
      weight += a < partner[a] ? weights[a][partner[a]] : 0;
    }
    BOOST_REQUIRE_EQUAL(weight, most_weight(weights, std::vector<bool>(n)));
  }
}

BOOST_AUTO_TEST_CASE(chosen_pairs_are_the_best_of_all_choices) {
  RandomStream random(2, Stream{0});
  for (int round = 0; round < 1000; ++round) {
    const std::size_t images = 2 + below(random.word(), 8);
    const DistanceMatrix distances = random_distances(images, round % 2 == 0 ? 5 : 1000, random);
    for (std::size_t count = 1; count <= images / 2; ++count) {
      const std::vector<ImagePair> chosen = closest_disjoint_pairs(distances, count);
      BOOST_REQUIRE_EQUAL(chosen.size(), count);
      BOOST_REQUIRE(disjoint(chosen));
      BOOST_REQUIRE_EQUAL(sum_of(chosen), least_sum(distances, count, std::vector<bool>(images)));
      for (std::size_t i = 1; i < count; ++i)
        BOOST_REQUIRE(chosen[i - 1].distance <= chosen[i].distance);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_closest_pair_is_left_out_where_that_is_better) {
  // The closest pair 1-2 would leave 0-3, which is far apart.
  const DistanceMatrix distances = {{0, 2, 9, 9}, {2, 0, 1, 9}, {9, 1, 0, 2}, {9, 9, 2, 0}};
  const std::vector<ImagePair> chosen = closest_disjoint_pairs(distances, 2);
  BOOST_REQUIRE_EQUAL(chosen.size(), 2U);
  BOOST_TEST(sum_of(chosen) == 4);
  BOOST_TEST(closest_disjoint_pairs(distances, 1).front().distance == 1);
}

BOOST_AUTO_TEST_CASE(closest_pairs_share_images_and_keep_the_order_of_equals) {
  const DistanceMatrix distances = {{0, 2, 9, 9}, {2, 0, 1, 9}, {9, 1, 0, 2}, {9, 9, 2, 0}};
  const std::vector<ImagePair> pairs = closest_pairs(distances, 3);
  BOOST_REQUIRE_EQUAL(pairs.size(), 3U);
  BOOST_TEST((pairs[0].a == 1 && pairs[0].b == 2 && pairs[0].distance == 1));
  BOOST_TEST((pairs[1].a == 0 && pairs[1].b == 1 && pairs[1].distance == 2));
  BOOST_TEST((pairs[2].a == 2 && pairs[2].b == 3 && pairs[2].distance == 2));
  BOOST_TEST(closest_pairs(distances, 100).size() == 6U);
  BOOST_TEST(closest_pairs({}, 3).empty());
  BOOST_TEST(closest_pairs(distances, 0).empty());
}

BOOST_AUTO_TEST_CASE(closest_pairs_are_found_in_whatever_order_images_come) {
  RandomStream random(4, Stream{0});
  const std::size_t images = 40;
  const DistanceMatrix distances = random_distances(images, 30, random);  // many are equal
  std::vector<ImagePair> all;
  for (std::size_t a = 0; a < images; ++a)
    for (std::size_t b = a + 1; b < images; ++b) all.push_back({a, b, distances[a][b]});
  std::ranges::stable_sort(all, {}, &ImagePair::distance);
  for (const std::size_t step : {1, 7, 39}) {
    PairSelection selection(images, 3, 25);
    for (std::size_t k = 0; k < images; ++k) {
      const std::size_t a = k * step % images;
      selection.add(a, std::span(distances[a]).subspan(a + 1));
    }
    const std::vector<ImagePair> closest = selection.closest();
    BOOST_REQUIRE_EQUAL(closest.size(), 25U);
    for (std::size_t k = 0; k < closest.size(); ++k)
      BOOST_TEST((closest[k].a == all[k].a && closest[k].b == all[k].b), "number " << k);
    BOOST_TEST(sum_of(selection.closest_disjoint()) ==
               sum_of(closest_disjoint_pairs(distances, 3)));
  }
}

BOOST_AUTO_TEST_CASE(many_images_and_odd_counts_are_no_trouble) {
  RandomStream random(3, Stream{0});
  const DistanceMatrix distances = random_distances(101, 50, random);
  BOOST_TEST(closest_disjoint_pairs(distances, 1000).size() == 50U);
  BOOST_TEST(disjoint(closest_disjoint_pairs(distances, 50)));
  BOOST_TEST(closest_disjoint_pairs(distances, 0).empty());
  BOOST_TEST(closest_disjoint_pairs({}, 3).empty());
  BOOST_TEST(closest_disjoint_pairs({{0}}, 3).empty());
  BOOST_TEST(closest_disjoint_pairs(DistanceMatrix(6, std::vector<double>(6)), 3).size() == 3U);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  BOOST_CHECK_THROW(closest_disjoint_pairs({{0, nan}, {nan, 0}}, 1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(every_measure_gives_a_symmetric_matrix_of_distances) {
  Memory memory(make_backend("cpu"));
  const Model model = tiny_model(memory);
  for (const DistanceMeasure measure : all_distance_measures) {
    BOOST_TEST_CONTEXT(name(measure)) {
      const DistanceMatrix distances = ImageDistances(memory, model, 2).distances(measure);
      BOOST_REQUIRE_EQUAL(distances.size(), 5U);
      double sum = 0;
      for (std::size_t a = 0; a < 5; ++a)
        for (std::size_t b = 0; b < 5; ++b) {
          BOOST_TEST(distances[a][b] == distances[b][a]);
          BOOST_TEST(distances[a][b] >= 0);
          if (a == b) BOOST_TEST(distances[a][b] == 0);
          sum += distances[a][b];
        }
      BOOST_TEST(sum > 0);
      BOOST_TEST((parse_distance_measure(name(measure)) == measure));
      BOOST_TEST(disjoint(best_pairs(memory, model, 2, measure, 2)));
    }
  }
  BOOST_CHECK_THROW(parse_distance_measure("pixels"), Error);
}

BOOST_AUTO_TEST_CASE(two_images_are_as_far_apart_alone_as_among_all) {
  Memory memory(make_backend("cpu"));
  const Model model = tiny_model(memory);
  ImageDistances all(memory, model, 2), alone(memory, model, 2);
  for (const DistanceMeasure measure : all_distance_measures)
    BOOST_TEST(alone.distance(3, 1, measure) == all.distances(measure)[1][3], name(measure));
}

BOOST_AUTO_TEST_CASE(distances_tell_how_far_they_are) {
  Memory memory(make_backend("cpu"));
  const Model model = tiny_model(memory);
  std::vector<double> told;
  ImageDistances(memory, model, 1).distances(DistanceMeasure::regions, [&](double fraction) {
    told.push_back(fraction);
  });
  BOOST_TEST(told.size() == 10U);  // five images are decoded, and each is compared
  BOOST_TEST(std::is_sorted(told.begin(), told.end()));
  BOOST_TEST(told.back() == 1);
}

BOOST_AUTO_TEST_CASE(a_path_is_no_shorter_than_the_distance_of_its_ends) {
  Memory memory(make_backend("cpu"));
  const Model model = tiny_model(memory);
  Renderer renderer(memory, model);
  const DistanceMatrix lengths =
      ImageDistances(memory, model, 2).distances(DistanceMeasure::pull_back);
  for (std::size_t a = 0; a < 5; ++a)
    for (std::size_t b = a + 1; b < 5; ++b)
      BOOST_TEST(lengths[a][b] >= pixel_distance(quantized(renderer.render(a, {{24, 24}})),
                                                 quantized(renderer.render(b, {{24, 24}}))) -
                                      1e-9);
}

BOOST_AUTO_TEST_CASE(each_measure_sees_what_it_is_named_after) {
  const Image small = square(10, 10, 12, red);
  const Image moved = square(24, 20, 12, red), other_color = square(10, 10, 12, blue);
  using Distance = double (*)(const Image&, const Image&);
  for (const Distance distance : std::initializer_list<Distance>{
           pixel_distance, palette_distance, silhouette_distance, edge_distance, region_distance})
    BOOST_TEST(distance(small, small) < 1e-9);
  BOOST_TEST(palette_distance(small, moved) == 0);
  BOOST_TEST(palette_distance(small, other_color) > 0.01);
  BOOST_TEST(silhouette_distance(small, other_color) == 0);
  BOOST_TEST(silhouette_distance(small, moved) == 1);
  BOOST_TEST(edge_distance(small, other_color) == 0);
  BOOST_TEST(edge_distance(small, moved) > 0.9);
  BOOST_TEST(region_distance(small, other_color) < 1e-9);
  BOOST_TEST(region_distance(small, moved) > 0.9);
  // Half of it is covered: 72 pixels of 216.
  BOOST_TEST(silhouette_distance(small, square(16, 10, 12, red)) == 1 - 72.0 / 216,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(distances_are_taken_on_the_threads_asked_for) {
  Memory memory(make_backend("cpu", {.threads = 1}));
  const Model model = tiny_model(memory);
  for (const DistanceMeasure measure : all_distance_measures) {
    DistanceMatrix one, two;
    BOOST_TEST(test::threads_started_by(
                   [&] { one = ImageDistances(memory, model, 1).distances(measure); }) == 0U);
    if (test::counts_started_threads && measure == DistanceMeasure::regions)
      BOOST_TEST(test::threads_started_by(
                     [&] { two = ImageDistances(memory, model, 2).distances(measure); }) == 1U);
    else
      two = ImageDistances(memory, model, 2).distances(measure);
    BOOST_TEST((one == two));
  }
}

BOOST_AUTO_TEST_CASE(palettes_are_compared_by_area_and_shade) {
  // White to grey of half the brightness, all pixels: half the way along each line but those along
  // which white and black fall together.
  const Image white(10, 10, 1.0F), grey(10, 10, 0.5F), black(10, 10, 0.0F);
  const double far = palette_distance(white, black), near = palette_distance(white, grey);
  BOOST_TEST(near / far == 127.0 / 255, boost::test_tools::tolerance(1e-6));
  // A square of twice the area is twice as far from nothing.
  const Image empty(48, 48, 1.0F);
  BOOST_TEST(palette_distance(empty, square(0, 0, 20, red)) /
                     palette_distance(empty, square(0, 0, 10, red)) ==
                 4,
             boost::test_tools::tolerance(1e-9));
  BOOST_CHECK_THROW(palette_distance(empty, white), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_silhouette_is_what_is_no_background_whatever_that_is) {
  Image dark = square(10, 10, 12, red);
  for (std::size_t p = 0; p < dark.pixels(); ++p)
    if (dark.values[3 * p + 1] == 1)
      dark.values[3 * p] = dark.values[3 * p + 1] = dark.values[3 * p + 2] = 0;
  BOOST_TEST(silhouette_distance(dark, square(10, 10, 12, blue)) == 0);
  BOOST_TEST(silhouette_distance(Image(8, 8, 1.0F), Image(8, 8, 0.0F)) == 0);
  BOOST_TEST(edge_distance(Image(8, 8, 1.0F), Image(8, 8, 0.0F)) == 0);
}

BOOST_AUTO_TEST_CASE(a_region_distance_is_the_share_that_no_recolouring_explains) {
  // A square of a quarter of the picture, in which half is of another colour in one of the two.
  const auto half = [](float upper, float lower) {
    Image image(48, 48, 1.0F);
    for (std::size_t y = 12; y < 36; ++y)
      for (std::size_t x = 12; x < 36; ++x)
        std::fill_n(image.pixel(x, y), 3, y < 24 ? upper : lower);
    return image;
  };
  // Levels 0, 0.5 and 1 on 1/8, 1/8 and 3/4 of the pixels; in the other 0 on 1/4.
  const Image two = half(0, 0.5F), one = half(0.2F, 0.2F);
  const double mean = 0.75 + 0.5 / 8, squares = 0.75 + 0.25 / 8;
  const double of_two = squares - mean * mean, of_one = 0.64 * 0.25 * 0.75;
  const double unexplained = 0.25 * 0.25 * 0.25;  // of two, in the square
  BOOST_TEST(region_distance(two, one) == unexplained / (of_two + of_one),
             boost::test_tools::tolerance(1e-4));
  BOOST_TEST(region_distance(one, two) == region_distance(two, one),
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(region_distance(Image(8, 8, 1.0F), Image(8, 8, 0.0F)) == 0);
  BOOST_CHECK_THROW(region_distance(one, Image(8, 8)), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_principal_plane_is_where_vectors_vary_most) {
  std::vector<std::vector<double>> vectors;
  for (int i = -3; i <= 3; ++i) vectors.push_back({5, 3.0 * i, 4.0 * i, i % 2 == 0 ? 1.0 : -1.0});
  const auto plane = chorus::principal_plane(vectors);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const double along = 5 * (static_cast<double>(i) - 3);
    BOOST_TEST(std::abs(std::abs(plane[i][0]) - std::abs(along)) < 1e-3);
  }
  for (const auto& at : chorus::principal_plane({{1, 2}, {1, 2}}))
    BOOST_TEST((at[0] == 0 && at[1] == 0));
}

BOOST_AUTO_TEST_SUITE_END()
