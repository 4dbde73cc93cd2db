# Language level, warnings and the options that the presets set.

include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(TINE_DISPATCH "tail" CACHE STRING "tail (guaranteed tail calls, clang >= 19) or loop")
set(TINE_SANITIZE "" CACHE STRING "sanitizers, e.g. address,undefined")
option(TINE_DEBUG_CHECKS "Evaluate TINE_DCHECK" OFF)
# Off in one build only, which `./run bench snapshot` compares with: requests to pause wait for ever.
option(TINE_POLLS "Look for requests to pause while a guest computes" ON)
# Likewise `./run bench interp`: without marks, forks do not come back and deltas are empty.
option(TINE_DIRTY_TRACKING "Mark the cards of memory that a guest stores to" ON)

# The rooms vm/, fork/ and corpus/ are built without exceptions and RTTI.
# -ffp-contract: a * b + c rounds once where the CPU can, and the same numbers come out everywhere
# only if it never does.
function(tine_room target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-unused-parameter -fno-strict-aliasing
                         -ffp-contract=off)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 does not see that an empty std::optional is filled before it is read.
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
  endif()
  target_compile_features(${target} PUBLIC cxx_std_23)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
endfunction()
function(tine_without_exceptions target)
  target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti)
endfunction()

if(TINE_SANITIZE)
  # vptr checks need the RTTI that the rooms above are built without.
  add_compile_options(-fsanitize=${TINE_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TINE_SANITIZE})
endif()
if(TINE_DEBUG_CHECKS)
  add_compile_definitions(TINE_DEBUG_CHECKS)
endif()
