# Fails unless a subcommand is its own file and one line: every file of apps/commands is in list.def
# once and defines add_NAME(), which no other file of apps mentions.
#   cmake -DAPPS=folder -P check_commands.cmake
include(${CMAKE_CURRENT_LIST_DIR}/same_lists.cmake)
file(STRINGS ${APPS}/commands/list.def listed REGEX "^COMMAND")
list(TRANSFORM listed REPLACE "^COMMAND\\(([a-z_]+)\\)$" "\\1")
file(GLOB found RELATIVE ${APPS}/commands ${APPS}/commands/*.cpp)
list(TRANSFORM found REPLACE "\\.cpp$" "")
same_lists("apps/commands/list.def names" listed "the folder holds" found)

file(GLOB_RECURSE sources ${APPS}/*.cpp ${APPS}/*.hpp)
foreach(command IN LISTS listed)
  set(mentioned "")
  foreach(source IN LISTS sources)
    file(STRINGS ${source} lines REGEX "add_${command}\\(CLI::App& program\\)")
    if(lines)
      list(APPEND mentioned ${source})
    endif()
  endforeach()
  if(NOT mentioned STREQUAL "${APPS}/commands/${command}.cpp")
    message(FATAL_ERROR "add_${command}(CLI::App& program) is to be in apps/commands/${command}.cpp "
                        "and nowhere else; found in: ${mentioned}")
  endif()
endforeach()
