# Compiler flags that hold for every room.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
                    -Woverloaded-virtual -Werror)
# GCC 12 reports false positives inside inlined std::string and Boost.JSON code at -O2.
add_compile_options(-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-dangling-reference)
include(CheckCXXCompilerFlag)
add_compile_options(-Wno-missing-field-initializers)
add_link_options(-Wl,--as-needed)

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-O2 -g0 -fstack-protector-strong)
  add_compile_definitions(_FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
  add_link_options(-Wl,-z,relro,-z,now)
elseif(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-O1 -g1)
endif()

if(CLOUDBRAIN_SANITIZE)
  add_compile_options(-fsanitize=${CLOUDBRAIN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CLOUDBRAIN_SANITIZE})
endif()

# ccache understands precompiled headers only with -fpch-preprocess and these relaxations.
find_program(CCACHE ccache)
if(CCACHE)
  add_compile_options(-fpch-preprocess)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
set(Boost_NO_BOOST_CMAKE OFF)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS json url)
find_package(PkgConfig REQUIRED)
