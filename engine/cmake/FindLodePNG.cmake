# Finds the lodepng library. Defines LodePNG::LodePNG. Used by the build and, installed, by
# chorusConfig.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/find_one_library.cmake)
find_one_library(LodePNG lodepng.h lodepng)
