# Puts the texts of a page into the program:
#   cmake -DPAGE=NAME -DSOURCE=folder -DOUTPUT=file.cpp -P embed.cmake
# SOURCE/parts.cmake names the texts in PAGE_texts and the files of each in PAGE_TEXT. They become the
# constants of PAGE_template (template.hpp). Scripts may be modules: those of a text are put together
# into one, so import lines go, and what is exported is there for those that follow. So do lines of
# comment, which nobody reads in the page.
include("${SOURCE}/parts.cmake")

set(text "// Made by apps/support/embed.cmake.\n#include \"${PAGE}/template.hpp\"\n\n")
string(APPEND text "namespace chorus::app::${PAGE}_template {\n\n")
foreach(kind IN LISTS ${PAGE}_texts)
  set(content "")
  foreach(part IN LISTS ${PAGE}_${kind})
    file(READ "${SOURCE}/${part}" bytes HEX)
    if(part MATCHES "\\.js$")
      file(READ "${SOURCE}/${part}" script)
      string(REGEX REPLACE "(^|\n)import [^\n]*" "\\1" script "${script}")
      string(REGEX REPLACE "(^|\n)export " "\\1" script "${script}")
      string(REGEX REPLACE "(^|\n) *//[^\n]*" "\\1" script "${script}")
      string(REGEX REPLACE "\n\n+" "\n" script "${script}")
      string(HEX "${script}" bytes)
    endif()
    string(APPEND content "${bytes}")
  endforeach()
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" content "${content}")
  # 500 bytes, 4 characters each, on a line.
  string(REPEAT "." 2000 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n    \"" content "${content}")
  string(APPEND text "const std::string_view ${kind} =\n    \"${content}\";\n\n")
endforeach()
string(APPEND text "}  // namespace chorus::app::${PAGE}_template\n")
file(WRITE "${OUTPUT}" "${text}")
