#include "parse_json.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "chorus/error.hpp"
#include "formatted.hpp"

namespace chorus {

namespace {

/// Reads a text before the library builds values of it, and refuses what the library would let
/// pass. It is a pass of its own, because a callback of Json::parse makes the library look at all
/// elements of a list again after each of them: a header of 100,000 objects took a minute.
class Guard : public nlohmann::json_sax<nlohmann::json> {
 public:
  Guard(std::string_view what, std::size_t most_values, std::size_t most_keys)
      : what_(what), most_(most_values), most_keys_(most_keys) {}

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  /// The library would drop all but one of the values under one key.
  bool key(string_t& key) override {
    count();
    if (!keys_.back().insert(key).second)
      throw Error(formatted("{} has the key '{}' twice", what_, key));
    if (keys_.back().size() > most_keys_)
      throw Error(formatted("{} has more than {} keys in an object", what_, most_keys_));
    return true;
  }

  bool parse_error(std::size_t byte, const std::string&,
                   const nlohmann::detail::exception& error) override {
    if (dynamic_cast<const nlohmann::detail::out_of_range*>(&error) != nullptr)
      throw Error(formatted("{} has a number that is too large", what_));
    throw Error(formatted("{} is not valid JSON (at byte {})", what_, byte));
  }

 private:
  bool count() {
    if (seen_++ == most_)
      throw Error(formatted("{} has more than {} keys and values", what_, most_));
    return true;
  }

  bool open() {
    count();
    if (keys_.size() == max_json_depth)
      throw Error(formatted("{} is nested deeper than {} levels", what_, max_json_depth));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    keys_.pop_back();
    return true;
  }

  std::string_view what_;
  std::size_t most_, most_keys_;
  std::size_t seen_ = 0;
  std::vector<std::set<std::string>> keys_;  // of each object or list that is open
};

template <class Json>
Json parse(std::string_view text, std::string_view what, std::size_t most_values,
           std::size_t most_keys) {
  // The library takes a NUL for the end of the text and would ignore what follows it.
  if (const std::size_t nul = text.find('\0'); nul != text.npos)
    throw Error(formatted("{} is not valid JSON (at byte {})", what, nul + 1));
  Guard guard(what, most_values, most_keys);
  nlohmann::json::sax_parse(text, &guard);
  return Json::parse(text);
}

}  // namespace

nlohmann::json parse_json(std::string_view text, std::string_view what, std::size_t most_values) {
  return parse<nlohmann::json>(text, what, most_values, any_number);
}

nlohmann::ordered_json parse_ordered_json(std::string_view text, std::string_view what) {
  constexpr std::size_t most_keys = 1024;  // which are looked up one after another
  return parse<nlohmann::ordered_json>(text, what, any_number, most_keys);
}

}  // namespace chorus
