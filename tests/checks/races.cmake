# Races, as ThreadSanitizer finds them: short trainings, decoding, paths and evaluation with several
# threads and workers. Only with clang and its OpenMP library, whose Archer tells ThreadSanitizer what
# OpenMP synchronizes; with GCC's every parallel region would be reported.

if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "the tests for races need clang++; found ${CMAKE_CXX_COMPILER_ID}")
endif()
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-resource-dir
  OUTPUT_VARIABLE clang_files OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
find_library(CHORUS_ARCHER archer HINTS ${clang_files}/../.. REQUIRED)

# chorus_add_race_test(name command...): fails if a race is reported.
function(chorus_add_race_test name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS races TIMEOUT 600 PROCESSORS 2
    ENVIRONMENT "OMP_TOOL_LIBRARIES=${CHORUS_ARCHER};\
TSAN_OPTIONS=ignore_noninstrumented_modules=1 second_deadlock_stack=1")
endfunction()

add_executable(chorus_planted_race checks/planted_race.cpp)
target_link_libraries(chorus_planted_race PRIVATE OpenMP::OpenMP_CXX)
chorus_add_race_test(a_race_is_noticed $<TARGET_FILE:chorus_planted_race> race)
set_tests_properties(a_race_is_noticed PROPERTIES
  PASS_REGULAR_EXPRESSION "WARNING: ThreadSanitizer: data race")
chorus_add_race_test(openmp_is_understood $<TARGET_FILE:chorus_planted_race> atomic)

set(model ${CMAKE_CURRENT_BINARY_DIR}/races/model.safetensors)
set(icons ${PROJECT_SOURCE_DIR}/data/icons)
set(program $<TARGET_FILE:chorus_program>)
set(threads --backend cpu --threads 3)

# Long enough for all phases of a training, and for pictures that are tracked meanwhile.
chorus_add_race_test(races_of_training ${program} train ${icons} --size 24 --steps 12 --width 32
  --latent 8 ${threads} --workers 3 --hold-out-images 0.9 --overwrite -o ${model})
chorus_add_race_test(races_of_evaluation ${program} evaluate ${model} ${icons} --size 24 --paths
  --path linear ${threads})
chorus_add_race_test(races_of_morphs ${program} interpolate ${model} --best-pairs 1 --frames 5
  --size 32 ${threads} -o ${CMAKE_CURRENT_BINARY_DIR}/races/path)
chorus_add_race_test(races_of_decoding ${program} upsample ${model} --size 48 ${threads}
  -o ${CMAKE_CURRENT_BINARY_DIR}/races/upsampled)
chorus_add_race_test(races_of_pairs ${program} pairs ${model} ${threads})
chorus_add_race_test(races_of_fitting ${program} fit ${model} ${icons} --size 24 ${threads}
  --workers 3 --latent-steps 4 --shift-steps 4 --modulations
  -o ${CMAKE_CURRENT_BINARY_DIR}/races/fitted.safetensors)
set_tests_properties(races_of_training PROPERTIES FIXTURES_SETUP model_of_races)
set_tests_properties(races_of_evaluation races_of_morphs races_of_decoding races_of_pairs
  races_of_fitting PROPERTIES FIXTURES_REQUIRED model_of_races)

add_custom_target(chorus_races DEPENDS chorus_program chorus_planted_race)
