# Tests of what the linker and other processors see: per-architecture objects keep their code to
# themselves, and the program runs on processors without their instructions.

# --- weak functions -----------------------------------------------------------------------------

# chorus_check_weak_symbols(name objects... [EXPECT_WEAK])
function(chorus_check_weak_symbols name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EXPECT_WEAK" "" "")
  add_test(NAME ${name}
    COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} "-DOBJECTS=${arg_UNPARSED_ARGUMENTS}"
            -DEXPECT_WEAK=${arg_EXPECT_WEAK}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/checks/check_weak_symbols.cmake)
  set_tests_properties(${name} PROPERTIES TIMEOUT 60 LABELS quick)
endfunction()

add_library(chorus_weak_symbol_sample OBJECT checks/weak_symbol_sample.cpp)
chorus_check_weak_symbols(weak_symbols_are_noticed
  $<TARGET_OBJECTS:chorus_weak_symbol_sample> EXPECT_WEAK)

foreach(architecture IN ITEMS avx2 avx512 avx512bf16 avx512bf16_emulated amx amx_emulated)
  if(TARGET chorus_kernels_${architecture})
    chorus_check_weak_symbols(no_weak_symbols_in_${architecture}
      $<TARGET_OBJECTS:chorus_kernels_${architecture}>)
  endif()
endforeach()

# --- other processors ---------------------------------------------------------------------------

# chorus_add_emulated_run(Haswell cpu:avx2 core suites...)
# Runs suites of a room under qemu as that processor, on which "cpu" has to choose the backend named.
function(chorus_add_emulated_run processor backend room)
  chorus_add_test_run(${room}_as_${processor} ${room} SUITES ${ARGN} SLOW
    LAUNCHER sh ${CMAKE_CURRENT_SOURCE_DIR}/checks/under_qemu.sh ${processor}
    ENVIRONMENT CHORUS_EXPECTED_CPU=${backend})
endfunction()

if(TARGET chorus_kernels_avx2 AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  foreach(processor IN ITEMS "Haswell;cpu:avx2" "Nehalem;cpu:base")
    chorus_add_emulated_run(${processor} core ops primitives sine_layer)
    chorus_add_emulated_run(${processor} network siren render)
    chorus_add_emulated_run(${processor} backends backends)
  endforeach()
endif()
