# postroom_module(NAME DEPS module... LIBS target...)
#
# One folder of src/ as one static library, postroom_NAME: every *.cpp in it and below, except tests. DEPS are the
# modules that its files may include (tools/check_layers.py holds the same table and fails on any other edge). The
# *_test.cpp files beside the sources become one test binary, NAME_test; *_fixture.cpp files belong to the tests too.
# A library built from tests only for other modules' tests goes into tests/support/. WHAT_fuzz.cpp becomes
# NAME_WHAT_fuzz: a libFuzzer target in the fuzz preset, elsewhere a test that feeds it its committed seeds.
function(postroom_module name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "(_(test|fixture|fuzz)|/main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_(test|fixture)\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")

  add_library(postroom_${name} STATIC ${sources})
  target_include_directories(postroom_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_DEPS PREPEND postroom_)
  target_link_libraries(postroom_${name} PUBLIC ${ARG_DEPS} ${ARG_LIBS})
  set_target_properties(postroom_${name} PROPERTIES UNITY_BUILD ${POSTROOM_UNITY})

  if(tests AND NOT POSTROOM_FUZZ)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE postroom_${name} postroom_test_support GTest::gmock GTest::gtest_main)
    postroom_add_tests(${name}_test)
  endif()
  foreach(fuzzer ${fuzzers})
    postroom_fuzzer(${name} ${fuzzer})
  endforeach()
endfunction()

# The seeds of NAME_WHAT_fuzz lie in tests/fuzz/seeds/NAME_WHAT or, for a module's only one, tests/fuzz/seeds/NAME.
function(postroom_fuzzer name source)
  get_filename_component(what ${source} NAME_WE)
  set(target ${name}_${what})
  if(POSTROOM_FUZZ)
    add_executable(${target} ${source})
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(${target} PRIVATE postroom_${name})
    return()
  endif()
  add_executable(${target} ${source} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp)
  target_link_libraries(${target} PRIVATE postroom_${name})
  string(REGEX REPLACE "_fuzz$" "" seeds ${PROJECT_SOURCE_DIR}/tests/fuzz/seeds/${target})
  if(NOT IS_DIRECTORY ${seeds})
    set(seeds ${PROJECT_SOURCE_DIR}/tests/fuzz/seeds/${name})
  endif()
  add_test(NAME ${target}.seeds COMMAND ${target} ${seeds})
  set_tests_properties(${target}.seeds PROPERTIES TIMEOUT 120)
endfunction()

# Registers a GoogleTest binary with ctest, each test an entry and a process of its own. With WHOLE the binary is one
# entry: for tests that share something slow to make, such as a mail server.
function(postroom_add_tests target)
  cmake_parse_arguments(ARG "WHOLE" "" "" ${ARGN})
  if(ARG_WHOLE)
    add_test(NAME ${target} COMMAND ${target})
    set_tests_properties(${target} PROPERTIES TIMEOUT 300)
    return()
  endif()
  include(GoogleTest)
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
endfunction()
