# Compiles a file of one line for each public header: a header has to include what it needs. Fails to
# configure where a header is not installed, or there are more than an interface should have.
set(headers)
foreach(product IN ITEMS core decode chorus)
  get_target_property(installed chorus_product_${product} HEADER_SET)
  list(APPEND headers ${installed})
endforeach()
list(TRANSFORM headers REPLACE "^.*/chorus/" "")
list(SORT headers)

file(GLOB written CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/engine/include/chorus
     ${PROJECT_SOURCE_DIR}/engine/include/chorus/*.hpp
     ${PROJECT_SOURCE_DIR}/engine/include/chorus/*.h)
list(APPEND written version.hpp)
list(SORT written)
if(NOT headers STREQUAL written)
  message(FATAL_ERROR "engine/CMakeLists.txt names the public headers ${headers}\n"
    "engine/include/chorus holds ${written}")
endif()
list(LENGTH headers number)
if(number GREATER 16)
  message(FATAL_ERROR "${number} public headers; expected at most 16: ${headers}")
endif()

set(sources)
foreach(header IN LISTS headers)
  string(REGEX REPLACE "\\.hp?p?$" ".cpp" source ${CMAKE_CURRENT_BINARY_DIR}/headers/${header})
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"chorus/${header}\"\n")
  list(APPEND sources ${source})
endforeach()

# The interface for C is C, too.
list(APPEND sources ${CMAKE_CURRENT_BINARY_DIR}/headers/chorus.c)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/headers/chorus.c
  CONTENT "#include \"chorus/chorus.h\"\nextern int chorus_unused;\n")
set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/headers/chorus.c PROPERTIES
  COMPILE_OPTIONS "-std=c99;-Wall;-Wextra;-pedantic;-Wconversion;-Werror")

add_library(chorus_headers_alone OBJECT ${sources})
# The folders of public headers alone, as in a project that has chorus installed.
target_link_libraries(chorus_headers_alone PRIVATE chorus_build_flags chorus_public_headers)
