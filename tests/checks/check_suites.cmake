# Fails unless the suites inside the test program are those that ctest runs: a suite that nobody
# runs would look as if it passed.
#   cmake -DTESTS=program "-DSUITES=a;b" -P check_suites.cmake
execute_process(COMMAND ${TESTS} --list_content
  OUTPUT_VARIABLE listed ERROR_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "(^|\n)[^ \n][^\n]*" found "${listed}")
list(TRANSFORM found REPLACE "[\n*]" "")

list(SORT found)
list(SORT SUITES)
if(NOT found STREQUAL SUITES)
  message(FATAL_ERROR "ctest runs the suites ${SUITES}\nthe program holds ${found}")
endif()
