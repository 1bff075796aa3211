# Tests of the rule that no room uses another one above it: in its includes, in its symbols.

# --- includes ------------------------------------------------------------------------------------

# The rooms as engine/CMakeLists.txt describes them, for layers.cmake.
set(table ${CMAKE_CURRENT_BINARY_DIR}/rooms_table.cmake)
set(lines "set(rooms ${rooms})")
foreach(room IN LISTS rooms)
  set(folders_${room} engine/${room})
  get_target_property(uses_${room} chorus_${room} CHORUS_USES)
  get_target_property(reads_${room} chorus_${room} CHORUS_READS)
  get_target_property(headers_${room} chorus_${room} CHORUS_HEADERS)
endforeach()
list(APPEND folders_core backends)
list(APPEND headers_core version.hpp)
foreach(room IN LISTS rooms)
  foreach(list IN ITEMS folders uses reads headers)
    list(TRANSFORM ${list}_${room} REPLACE "^.*/chorus/" "")
    string(APPEND lines "\nset(${list}_${room} ${${list}_${room}})")
  endforeach()
endforeach()
file(CONFIGURE OUTPUT ${table} CONTENT "${lines}\n")

function(chorus_check_layers name source)
  add_test(NAME ${name}
    COMMAND ${CMAKE_COMMAND} -DTABLE=${table} -DSOURCE=${source}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/checks/layers.cmake)
  set_tests_properties(${name} PROPERTIES TIMEOUT 60 LABELS quick)
endfunction()

chorus_check_layers(layers ${PROJECT_SOURCE_DIR})

# chorus_plant_violation(name FILE path CONTENT text EXPECTED message)
# A tree with one file that breaks the rule: the check has to say so in these words.
function(chorus_plant_violation name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FILE;CONTENT;EXPECTED" "")
  set(tree ${CMAKE_CURRENT_BINARY_DIR}/planted/${name})
  file(WRITE ${tree}/engine/paths/morph.hpp "")
  file(WRITE ${tree}/${arg_FILE} "${arg_CONTENT}")
  chorus_check_layers(${name} ${tree})
  set_tests_properties(${name} PROPERTIES PASS_REGULAR_EXPRESSION "${arg_EXPECTED}")
endfunction()

chorus_plant_violation(a_private_header_of_a_room_above_is_noticed
  FILE engine/network/planted.cpp
  CONTENT "#include <vector>\n\n#include \"morph.hpp\"\n"
  EXPECTED "engine/network/planted.cpp:3: .*the room network may not use the room paths, but only: core, files")
chorus_plant_violation(a_public_header_of_a_room_above_is_noticed
  FILE backends/cpu/planted.ipp
  CONTENT "#include \"chorus/model.hpp\"\n"
  EXPECTED "backends/cpu/planted.ipp:1: .*the room core may not use the room network, but only: none")
chorus_plant_violation(a_private_header_in_a_public_one_is_noticed
  FILE engine/include/chorus/path.hpp
  CONTENT "#pragma once\n#include \"morph.hpp\"\n"
  EXPECTED "engine/include/chorus/path.hpp:2: .*a public header includes")
chorus_plant_violation(a_long_readme_is_noticed
  FILE engine/paths/README.md
  CONTENT "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
  EXPECTED "engine/paths/README.md:16: 16 lines")

# --- symbols -------------------------------------------------------------------------------------

# A program of one whole room and what the room may use: it links only if each function that is called
# is defined there.
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/empty_main.cpp CONTENT "int main() {}\n")
foreach(room IN LISTS rooms)
  add_executable(chorus_whole_${room} ${CMAKE_CURRENT_BINARY_DIR}/empty_main.cpp)
  target_link_libraries(chorus_whole_${room} PRIVATE
    $<LINK_LIBRARY:WHOLE_ARCHIVE,chorus_${room}>)
  set_target_properties(chorus_whole_${room} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/whole)
endforeach()
