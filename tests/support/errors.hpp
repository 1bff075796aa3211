#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "chorus/error.hpp"

// Messages of errors, and what they hold.

namespace chorus::test {

/// The message of the Error that `call` throws; empty if it throws none.
template <class Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Fails with a list of the parts that a message lacks, or if it is not one line.
inline void check_holds(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    BOOST_TEST(holds(message, part), "'" << part << "' is missing in '" << message << "'");
  BOOST_TEST(!holds(message, "\n"), "'" << message << "'");
}

}  // namespace chorus::test
