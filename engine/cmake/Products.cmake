# What is installed and what other projects link, in three sizes. Each size is one library, made of
# the object files of its rooms, and builds upon the size before it:
#
#   chorus::core     tensors, automatic differentiation, ops, backends
#   chorus::decode   a model file to pixels
#   chorus::chorus   training, fitting, paths, pictures: all but the judging of results
#
# Archives, or with BUILD_SHARED_LIBS shared libraries. The program and the tests link rooms.

# chorus_product(decode FILE chorus_decode USES core ROOMS files network [LINKS libraries...])
# LINKS names libraries that a program needs beside this one if it is an archive.
function(chorus_product product)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FILE" "USES;ROOMS;HEADERS;LINKS")
  set(target chorus_product_${product})
  set(headers ${arg_HEADERS})
  foreach(room IN LISTS arg_ROOMS)
    get_target_property(objects chorus_${room} CHORUS_OBJECTS)
    get_target_property(room_headers chorus_${room} CHORUS_HEADERS)
    get_target_property(headers_read chorus_${room} CHORUS_READS)
    list(APPEND sources $<TARGET_OBJECTS:chorus_${room}> ${objects})
    list(APPEND headers ${room_headers} ${headers_read})
  endforeach()
  list(REMOVE_DUPLICATES headers)
  foreach(used IN LISTS arg_USES)
    get_target_property(headers_there chorus_product_${used} HEADER_SET)
    list(REMOVE_ITEM headers ${headers_there})
  endforeach()

  add_library(${target} ${sources})
  add_library(chorus::${product} ALIAS ${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${product}
    OUTPUT_NAME ${arg_FILE}
    LINKER_LANGUAGE CXX
    ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    INSTALL_RPATH $ORIGIN)
  target_sources(${target} PUBLIC FILE_SET HEADERS
    BASE_DIRS ${PROJECT_SOURCE_DIR}/engine/include ${PROJECT_BINARY_DIR}/include
    FILES ${headers})
  target_compile_features(${target} PUBLIC cxx_std_20)
  list(TRANSFORM arg_USES PREPEND chorus_product_)
  target_link_libraries(${target} PUBLIC ${arg_USES} PRIVATE ${arg_LINKS})
endfunction()

# The runtime of OpenMP comes with the compiler. By the name of its library no package has to be
# found for it, unlike OpenMP::OpenMP_CXX.
set(core_links ${OpenMP_CXX_LIB_NAMES})
if(TARGET chorus_cuda)
  find_package(CUDAToolkit REQUIRED)
  list(APPEND core_links CUDA::cudart_static)
endif()

chorus_product(core
  FILE chorus_core
  ROOMS core
  HEADERS ${PROJECT_BINARY_DIR}/include/chorus/version.hpp
  LINKS ${core_links})
chorus_product(decode
  FILE chorus_decode
  USES core
  ROOMS files network)
set(picture_links LodePNG::LodePNG)
foreach(library IN ITEMS TurboJPEG::TurboJPEG WebP::demux)
  if(TARGET ${library})
    list(APPEND picture_links ${library})
  endif()
endforeach()
chorus_product(chorus
  FILE chorus
  USES decode
  ROOMS image pictures training paths
  LINKS ${picture_links})
