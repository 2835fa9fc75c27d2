# cloudbrain_room(NAME SOURCES... LINKS rooms... LIBRARIES external...)
#
# One static library per room. All rooms share one precompiled header (std, fmt, Boost.JSON); a room
# with heavy headers of its own passes OWN_PCH header...
add_library(precompiled STATIC ${CMAKE_SOURCE_DIR}/src/base/precompiled.cpp)
target_link_libraries(precompiled PUBLIC fmt::fmt Boost::json Threads::Threads)
target_precompile_headers(precompiled PRIVATE ${CMAKE_SOURCE_DIR}/src/base/precompiled.h)

function(cloudbrain_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;LIBRARIES;OWN_PCH" ${ARGN})
  add_library(room_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(room_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM ROOM_LINKS PREPEND room_)
  target_link_libraries(room_${name} PUBLIC precompiled ${ROOM_LINKS} PRIVATE ${ROOM_LIBRARIES})
  if(ROOM_OWN_PCH)
    target_precompile_headers(room_${name} PRIVATE ${ROOM_OWN_PCH})
  else()
    target_precompile_headers(room_${name} REUSE_FROM precompiled)
  endif()
endfunction()

# What all unit tests share: the rooms' headers and GoogleTest's. Not optimized in a release build: what
# they test is, and the optimizer would take a third of their compile time.
function(cloudbrain_compile_as_test target)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -O0 -U_FORTIFY_SOURCE)
  endif()
endfunction()

function(cloudbrain_test_headers)
  add_library(precompiled_for_tests STATIC ${CMAKE_SOURCE_DIR}/src/base/precompiled.cpp)
  target_link_libraries(precompiled_for_tests PUBLIC precompiled GTest::gmock)
  target_precompile_headers(precompiled_for_tests PRIVATE ${CMAKE_SOURCE_DIR}/src/base/precompiled.h
                            <gmock/gmock.h> <gtest/gtest.h>)
  cloudbrain_compile_as_test(precompiled_for_tests)
endfunction()

# cloudbrain_unit_test(ROOM LINKS rooms...): every tests/unit/ROOM/*_test.cpp into one GoogleTest program.
function(cloudbrain_unit_test room)
  cmake_parse_arguments(TEST "" "" "LINKS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_executable(unit_${room} ${sources})
  list(TRANSFORM TEST_LINKS PREPEND room_)
  target_include_directories(unit_${room} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(unit_${room} PRIVATE room_${room} ${TEST_LINKS} ${TEST_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_precompile_headers(unit_${room} REUSE_FROM precompiled_for_tests)
  cloudbrain_compile_as_test(unit_${room})
  add_test(NAME unit_${room} COMMAND unit_${room})
endfunction()
