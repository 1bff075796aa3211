# Fails if object files define weak or unique symbols: the linker keeps one definition of each for
# the whole program, which might be the one with instructions that the processor lacks.
#   cmake -DNM=nm "-DOBJECTS=a.o;b.o" [-DEXPECT_WEAK=TRUE] -P check_weak_symbols.cmake
# With EXPECT_WEAK it fails if there is none, which shows that the check works.
if(NOT OBJECTS)
  message(FATAL_ERROR "no object files given")
endif()
execute_process(COMMAND ${NM} --demangle --defined-only ${OBJECTS}
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)

# A line is "address type name". DW.ref.* is a pointer to the exception handler, no code.
string(REGEX MATCHALL "[0-9a-f]+ [WVu] [^\n]+" weak "${symbols}")
list(FILTER weak EXCLUDE REGEX " DW\\.ref\\.")

if(EXPECT_WEAK AND NOT weak)
  message(FATAL_ERROR "found no weak symbol in ${OBJECTS}, which has one")
elseif(weak AND NOT EXPECT_WEAK)
  list(JOIN weak "\n" lines)
  message(FATAL_ERROR "weak symbols:\n${lines}\nin ${OBJECTS}")
endif()
