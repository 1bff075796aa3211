#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sheet.hpp"

namespace chorus::app {

/// A contact sheet of all images, or of an evenly spread selection, on as many pages as needed:
/// contact_sheet.png, contact_sheet_2.png and so on.
class SheetPages {
 public:
  /// `names` are those of all images; `most_rows` of them are shown. Cells are pictures whose
  /// longer side has up to `side` pixels.
  SheetPages(std::filesystem::path folder, const std::vector<std::string>& names,
             std::vector<std::string> columns, std::size_t side, std::size_t most_rows);

  /// The files to which the pages will be written.
  std::vector<std::filesystem::path> files() const;

  /// Must be called for all images in their order; `row` makes the cells of those that are shown.
  void add(const std::string& name, const std::function<std::vector<Image>()>& row);
  /// Writes the last page, removes those of an earlier, longer sheet, and prints where it is.
  void finish();

 private:
  std::filesystem::path file_of_page(std::size_t page) const;
  void write_page();

  std::filesystem::path folder_;
  std::string title_ = "contact_sheet";
  std::size_t count_, shown_, rows_of_page_, seen_ = 0, added_ = 0, pages_ = 0;
  Sheet page_;
};

}  // namespace chorus::app
