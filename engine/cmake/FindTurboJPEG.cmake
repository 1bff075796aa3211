# Finds the library of libjpeg-turbo that decodes whole pictures in memory. Defines
# TurboJPEG::TurboJPEG. Used by the build and, installed, by chorusConfig.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/find_one_library.cmake)
find_one_library(TurboJPEG turbojpeg.h turbojpeg)
