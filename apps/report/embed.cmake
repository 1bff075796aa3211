# cmake -DSOURCE=folder -DOUTPUT=file.cpp -P embed.cmake
include("${CMAKE_CURRENT_LIST_DIR}/parts.cmake")

set(text "// Made by apps/report/embed.cmake.\n#include \"report/template.hpp\"\n\n")
string(APPEND text "namespace chorus::app::report_template {\n\n")
foreach(kind IN ITEMS html css js)
  set(content "")
  foreach(part IN LISTS report_${kind})
    file(READ "${SOURCE}/${part}" bytes HEX)
    string(APPEND content "${bytes}")
  endforeach()
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" content "${content}")
  # 500 bytes, 4 characters each, on a line.
  string(REPEAT "." 2000 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n    \"" content "${content}")
  string(APPEND text "const std::string_view ${kind} =\n    \"${content}\";\n\n")
endforeach()
string(APPEND text "}  // namespace chorus::app::report_template\n")
file(WRITE "${OUTPUT}" "${text}")
