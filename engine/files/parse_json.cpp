#include "parse_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "chorus/error.hpp"

namespace chorus {

namespace {

/// Looks at a text while the library reads it, and refuses what the library would let pass.
template <class Json>
class Guard {
 public:
  Guard(std::string_view what, std::size_t most_values) : what_(what), most_(most_values) {}

  void see(typename Json::parse_event_t event, const Json& value) {
    using Event = typename Json::parse_event_t;
    const bool ends = event == Event::object_end || event == Event::array_end;
    if (!ends && seen_++ == most_)
      throw Error(fmt::format("{} has more than {} keys and values", what_, most_));
    switch (event) {
      case Event::object_start:
      case Event::array_start:
        open();
        break;
      case Event::object_end:
      case Event::array_end:
        keys_.pop_back();
        break;
      case Event::key:
        add_key(value.template get_ref<const std::string&>());
        break;
      case Event::value:
        break;
    }
  }

 private:
  void open() {
    if (keys_.size() == max_json_depth)
      throw Error(fmt::format("{} is nested deeper than {} levels", what_, max_json_depth));
    keys_.emplace_back();
  }

  /// The library would drop all but one of the values under one key.
  void add_key(const std::string& key) {
    if (!keys_.back().insert(key).second)
      throw Error(fmt::format("{} has the key '{}' twice", what_, key));
  }

  std::string_view what_;
  std::size_t most_;
  std::size_t seen_ = 0;
  std::vector<std::set<std::string>> keys_;  // of each object or list that is open
};

template <class Json>
Json parse(std::string_view text, std::string_view what, std::size_t most_values) {
  // The library takes a NUL for the end of the text and would ignore what follows it.
  if (const std::size_t nul = text.find('\0'); nul != text.npos)
    throw Error(fmt::format("{} is not valid JSON (at byte {})", what, nul + 1));
  Guard<Json> guard(what, most_values);
  const auto see = [&](int, typename Json::parse_event_t event, const Json& value) {
    guard.see(event, value);
    return true;
  };
  try {
    return Json::parse(text, see);
  } catch (const nlohmann::detail::parse_error& error) {
    throw Error(fmt::format("{} is not valid JSON (at byte {})", what, error.byte));
  } catch (const nlohmann::detail::out_of_range&) {
    throw Error(fmt::format("{} has a number that is too large", what));
  }
}

}  // namespace

nlohmann::json parse_json(std::string_view text, std::string_view what, std::size_t most_values) {
  return parse<nlohmann::json>(text, what, most_values);
}

nlohmann::ordered_json parse_ordered_json(std::string_view text, std::string_view what) {
  return parse<nlohmann::ordered_json>(text, what, any_number);
}

}  // namespace chorus
