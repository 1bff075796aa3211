#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "painting_order.hpp"

namespace chorus::shapes {

/// The paints of a drawing as attributes of SVG elements, and the gradients to which these refer.
class SvgFills {
 public:
  /// Drawing and order must outlive the object. Coordinates get so many decimals.
  SvgFills(const Drawing& drawing, const PaintingOrder& order, int decimals,
           std::string id_prefix = {})
      : drawing_(drawing), order_(order), decimals_(decimals), prefix_(std::move(id_prefix)) {}

  /// The attributes that paint a region, with a space before each; empty for black.
  std::string attributes(int region);
  /// The elements that belong into <defs>, of all regions that were asked for.
  const std::string& gradients() const { return gradients_; }

 private:
  std::size_t add_gradient(int region);
  std::string linear(const Gradient& gradient) const;
  std::string radial(const Gradient& gradient) const;
  std::string stops(const Gradient& gradient, double first, double last) const;
  std::string stop(const Numbers& color, const std::string& offset) const;

  const Drawing& drawing_;
  const PaintingOrder& order_;
  int decimals_;
  std::string prefix_;
  std::string gradients_;
  std::size_t count_ = 0;
};

}  // namespace chorus::shapes
