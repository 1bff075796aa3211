# `cpack` in a build folder makes Debian packages of what is installed: the program, and the library
# with what programs that use it need (archives, or with BUILD_SHARED_LIBS a package of the shared
# libraries as well). For the places of Debian, configure with
#   -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_SKIP_INSTALL_RPATH=ON
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "chorus contributors <noreply@chorus.invalid>" CACHE STRING
  "Name and address of whoever makes Debian packages")
mark_as_advanced(CPACK_PACKAGE_CONTACT)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "collection of images in one sinusoidal network")
# Debian's manual pages are compressed.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/engine/cmake/compress_manuals.cmake)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# Debian wants a copyright and a changelog in each package.
set(package_texts ${PROJECT_BINARY_DIR}/package)
file(READ ${PROJECT_SOURCE_DIR}/LICENSE license)
string(REGEX REPLACE "\n\n" "\n.\n" license "${license}")
string(REGEX REPLACE "\n([^\n])" "\n \\1" license "${license}")
file(WRITE ${package_texts}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: chorus

Files: *
Copyright: 2026 chorus contributors
License: Expat

License: Expat
 ${license}")
find_program(CHORUS_GZIP gzip)
mark_as_advanced(CHORUS_GZIP)

# chorus_package(program chorus "What it is, in lines of at most 79 letters")
function(chorus_package component package description)
  string(TOUPPER ${component} key)
  set(CPACK_DEBIAN_${key}_PACKAGE_NAME ${package} PARENT_SCOPE)
  set(CPACK_COMPONENT_${key}_DESCRIPTION "${description}" PARENT_SCOPE)
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  set(CPACK_COMPONENTS_ALL ${CPACK_COMPONENTS_ALL} PARENT_SCOPE)
  set(folder ${CMAKE_INSTALL_DATADIR}/doc/${package})
  install(FILES ${package_texts}/copyright DESTINATION ${folder} COMPONENT ${component})
  if(CHORUS_GZIP)
    set(changelog ${package_texts}/${package}/changelog)
    file(WRITE ${changelog}
"${package} (${PROJECT_VERSION}) unstable; urgency=medium

  * What is new: CHANGELOG.md of the sources.

 -- ${CPACK_PACKAGE_CONTACT}  Sat, 28 Nov 2026 00:00:00 +0000
")
    execute_process(COMMAND ${CHORUS_GZIP} -9nfk ${changelog})
    install(FILES ${changelog}.gz DESTINATION ${folder} COMPONENT ${component})
  endif()
endfunction()

if(TARGET chorus_program)
  chorus_package(program chorus "chorus puts a folder of small pictures into one small neural network, which
then draws each of them at any size, and what lies between two of them.")
endif()
chorus_package(dev libchorus-dev "Headers and libraries for programs that decode or train models of chorus, in
C++ and C, with files for CMake and pkg-config.")
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "liblodepng-dev, libturbojpeg0-dev, libwebp-dev")
if(BUILD_SHARED_LIBS)
  set(soname ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  chorus_package(library libchorus${soname} "The libraries that programs load which decode or train models of chorus.")
  set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
  set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
  set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libchorus${soname} (= ${PROJECT_VERSION})")
  # Other programs find the libraries once the cache of the loader knows them.
  file(WRITE ${package_texts}/triggers "activate-noawait ldconfig\n")
  set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${package_texts}/triggers)
endif()
include(CPack)
