#include "support/sheet_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "chorus/pictures.hpp"
#include "printable.hpp"
#include "resample.hpp"
#include "support/output_files.hpp"

namespace chorus::app {

namespace {

constexpr std::size_t largest_cell_px = 512;
constexpr std::size_t largest_page_px = std::size_t{1} << 24U;

}  // namespace

SheetPages::SheetPages(std::filesystem::path folder, const std::vector<std::string>& names,
                       std::vector<std::string> columns, std::size_t side, std::size_t most_rows)
    : folder_(std::move(folder)), count_(names.size()), shown_(std::min(most_rows, count_)) {
  // A page must not have the name of an image.
  while (std::ranges::any_of(names, [&](auto& name) { return name.starts_with(title_); }))
    title_ = fmt::format("_{}", title_);
  page_.column_titles = std::move(columns);
  const std::size_t cell = std::min(side, largest_cell_px);
  rows_of_page_ =
      std::max<std::size_t>(1, largest_page_px / (cell * cell * page_.column_titles.size()));
}

std::vector<std::filesystem::path> SheetPages::files() const {
  std::vector<std::filesystem::path> all;
  for (std::size_t page = 1; (page - 1) * rows_of_page_ < shown_; ++page)
    all.push_back(file_of_page(page));
  return all;
}

void SheetPages::add(const std::string& name, const std::function<std::vector<Image>()>& row) {
  const bool chosen = added_ < shown_ && seen_++ >= added_ * count_ / shown_;
  if (!chosen) return;
  ++added_;
  page_.row_titles.push_back(name);
  std::vector<Image>& cells = page_.rows.emplace_back(row());
  for (Image& cell : cells) cell = reduced(cell, largest_cell_px);
  if (page_.rows.size() == rows_of_page_) write_page();
}

void SheetPages::finish() {
  if (!page_.rows.empty()) write_page();
  remove_stale(folder_, title_, files());
  if (pages_ == 0) return;
  fmt::print("Contact sheet: {}{}\n", shown(file_of_page(1)),
             pages_ == 1 ? "" : fmt::format(" to {}", shown(file_of_page(pages_).filename())));
  if (shown_ < count_)
    fmt::print("It shows {} of the {} images; --sheet-rows {} shows all\n", shown_, count_, count_);
}

std::filesystem::path SheetPages::file_of_page(std::size_t page) const {
  return folder_ / (page == 1 ? title_ + ".png" : fmt::format("{}_{}.png", title_, page));
}

void SheetPages::write_page() {
  write_png(file_of_page(++pages_), draw(page_));
  page_.row_titles.clear();
  page_.rows.clear();
}

}  // namespace chorus::app
