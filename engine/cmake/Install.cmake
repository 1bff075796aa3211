# `cmake --install` installs the program and, for each product (Products.cmake), the library, the
# headers, the targets for find_package(chorus COMPONENTS ...) and a file for pkg-config. apps/embed
# uses them all.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/chorus)
set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# chorus_install_product(decode "Images of a chorus model" [REQUIRES chorus-core] [PRIVATE -lname...])
function(chorus_install_product product description)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "REQUIRES;PRIVATE")
  set(target chorus_product_${product})
  install(TARGETS ${target} EXPORT chorus-${product}
    LIBRARY COMPONENT library NAMELINK_COMPONENT dev
    ARCHIVE COMPONENT dev
    FILE_SET HEADERS COMPONENT dev)
  install(EXPORT chorus-${product} NAMESPACE chorus:: DESTINATION ${package_folder} COMPONENT dev)

  # Names of the module and of the library: chorus-decode and chorus_decode; chorus for all.
  get_target_property(library ${target} OUTPUT_NAME)
  string(REPLACE "_" "-" module ${library})
  set(requires ${arg_REQUIRES})
  set(private)
  if(NOT BUILD_SHARED_LIBS)
    list(JOIN arg_PRIVATE " " private)
  endif()
  # Relative to the file itself, so that an installed tree may be moved.
  file(RELATIVE_PATH up /${pkgconfig_folder} /)
  string(REGEX REPLACE "/$" "" up ${up})
  configure_file(${PROJECT_SOURCE_DIR}/engine/cmake/chorus.pc.in ${module}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${module}.pc DESTINATION ${pkgconfig_folder} COMPONENT dev)
endfunction()

list(TRANSFORM OpenMP_CXX_LIB_NAMES PREPEND -l OUTPUT_VARIABLE core_flags)
if(TARGET chorus_cuda)
  list(APPEND core_flags -L${CUDAToolkit_LIBRARY_DIR} -lcudart_static -ldl -lrt)
endif()
chorus_install_product(core "Tensors, automatic differentiation, backends" PRIVATE ${core_flags})
chorus_install_product(decode "Images of any size from a model of chorus" REQUIRES chorus-core)
set(picture_flags -llodepng)
if(TARGET TurboJPEG::TurboJPEG)
  list(APPEND picture_flags -lturbojpeg)
endif()
if(TARGET WebP::demux)
  list(APPEND picture_flags -lwebpdemux -lwebp)
endif()
chorus_install_product(chorus "${PROJECT_DESCRIPTION}" REQUIRES chorus-decode
                       PRIVATE ${picture_flags})

if(TARGET chorus_program)
  install(TARGETS chorus_program COMPONENT program)
  if(TARGET chorus_mpi)
    # support/processes.cpp looks for it there.
    install(TARGETS chorus_mpi LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/chorus COMPONENT program)
  endif()
  install(DIRECTORY ${PROJECT_BINARY_DIR}/manual/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
    COMPONENT program)
  install(FILES ${PROJECT_BINARY_DIR}/manual/completions/chorus.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME chorus COMPONENT program)
  install(FILES ${PROJECT_BINARY_DIR}/manual/completions/_chorus
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT program)
endif()

# The libraries that a program needs beside chorus: none beside shared libraries.
set(needs_cuda FALSE)
if(TARGET chorus_cuda AND NOT BUILD_SHARED_LIBS)
  set(needs_cuda TRUE)
endif()
set(picture_packages)
if(NOT BUILD_SHARED_LIBS)
  set(picture_packages LodePNG)
  if(TARGET TurboJPEG::TurboJPEG)
    list(APPEND picture_packages TurboJPEG)
  endif()
  if(TARGET WebP::demux)
    list(APPEND picture_packages WebP)
  endif()
endif()
configure_package_config_file(engine/cmake/chorusConfig.cmake.in chorusConfig.cmake
  INSTALL_DESTINATION ${package_folder}
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(chorusConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  engine/cmake/find_one_library.cmake
  engine/cmake/FindLodePNG.cmake
  engine/cmake/FindTurboJPEG.cmake
  engine/cmake/FindWebP.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/chorusConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/chorusConfigVersion.cmake
  DESTINATION ${package_folder}
  COMPONENT dev)
include(Packages)
