# Compiles a file of one line for each public header: a header has to include what it needs.
file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/engine/include
     ${PROJECT_SOURCE_DIR}/engine/include/chorus/*.hpp)
set(sources)
foreach(header IN LISTS headers)
  string(REPLACE ".hpp" ".cpp" source ${CMAKE_CURRENT_BINARY_DIR}/headers/${header})
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
  list(APPEND sources ${source})
endforeach()

add_library(chorus_headers_alone OBJECT ${sources})
# The folder of public headers alone, as in a project that has chorus installed.
target_include_directories(chorus_headers_alone PRIVATE ${PROJECT_SOURCE_DIR}/engine/include)
target_compile_features(chorus_headers_alone PRIVATE cxx_std_20)
target_link_libraries(chorus_headers_alone PRIVATE chorus_build_flags)
