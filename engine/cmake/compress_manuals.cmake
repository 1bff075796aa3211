# CPack runs this between the installation into its own folder and the packing.
file(GLOB_RECURSE pages ${CPACK_TEMPORARY_DIRECTORY}/chorus*.1)
find_program(gzip gzip REQUIRED)
foreach(page IN LISTS pages)
  execute_process(COMMAND ${gzip} -9n ${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
