# Fails unless the suites inside the test program are those that ctest runs: a suite that nobody
# runs would look as if it passed.
#   cmake -DTESTS=program "-DSUITES=a;b" -P check_suites.cmake
include(${CMAKE_CURRENT_LIST_DIR}/same_lists.cmake)
execute_process(COMMAND ${TESTS} --list_content
  OUTPUT_VARIABLE listed ERROR_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "(^|\n)[^ \n][^\n]*" found "${listed}")
list(TRANSFORM found REPLACE "[\n*]" "")
same_lists("ctest runs the suites" SUITES "the program holds" found)
