# What `cmake --install` puts in place: headers, library, program and the CMake package that makes
# find_package(chorus) give chorus::chorus (apps/embed uses it).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(chorus_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/chorus)

set(rooms core files network image pictures training paths)
foreach(room IN LISTS rooms)
  set_target_properties(chorus_${room} PROPERTIES EXPORT_NAME ${room})
  install(TARGETS chorus_${room} EXPORT chorusTargets)
endforeach()
set_target_properties(chorus_decode PROPERTIES EXPORT_NAME decode)
install(TARGETS chorus_decode chorus EXPORT chorusTargets)
install(DIRECTORY engine/include/ TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(EXPORT chorusTargets NAMESPACE chorus:: DESTINATION ${chorus_package_dir})
if(TARGET chorus_program)
  install(TARGETS chorus_program)
endif()

configure_package_config_file(engine/cmake/chorusConfig.cmake.in chorusConfig.cmake
  INSTALL_DESTINATION ${chorus_package_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(chorusConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  engine/cmake/FindLodePNG.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/chorusConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/chorusConfigVersion.cmake
  DESTINATION ${chorus_package_dir})
