# Test programs in C or in Wasm's text format, compiled to Wasm.
#
#   tine_guest(NAME source.c [REACTOR] [FLAGS ...] [DEPENDS header.h ...])
#   tine_guest(NAME source.wat)
#
# builds ${TINE_GUEST_DIR}/NAME.wasm as part of the target `guests`. REACTOR makes a library (its
# exports are called one by one) instead of a program with a main.

find_program(TINE_GUEST_CC clang-19 REQUIRED)
find_program(TINE_WAT2WASM wat2wasm REQUIRED)
set(TINE_GUEST_DIR ${CMAKE_BINARY_DIR}/guests)
file(MAKE_DIRECTORY ${TINE_GUEST_DIR})

function(tine_guest name source)
  cmake_parse_arguments(GUEST "REACTOR" "" "FLAGS;DEPENDS" ${ARGN})
  if(GUEST_REACTOR)
    set(model -mexec-model=reactor)
  endif()
  get_filename_component(source ${source} ABSOLUTE)
  set(wasm ${TINE_GUEST_DIR}/${name}.wasm)
  if(source MATCHES "\\.wat$")
    set(commands COMMAND ${TINE_WAT2WASM} --debug-names ${source} -o ${wasm})
  else()
    # Two steps: clang that links under -O runs wasm-opt if there is one, and that drops the names.
    set(object ${TINE_GUEST_DIR}/${name}.o)
    set(commands
      COMMAND ${TINE_GUEST_CC} --target=wasm32-wasi -O1 -Wall -Wextra
              -Wno-unused-command-line-argument ${GUEST_FLAGS} -c ${source} -o ${object}
      COMMAND ${TINE_GUEST_CC} --target=wasm32-wasi ${model} ${GUEST_FLAGS} ${object} -o ${wasm})
  endif()
  add_custom_command(OUTPUT ${wasm} ${commands} DEPENDS ${source} ${GUEST_DEPENDS})
  add_custom_target(guest_${name} DEPENDS ${wasm})
  if(NOT TARGET guests)
    add_custom_target(guests)
  endif()
  add_dependencies(guests guest_${name})
endfunction()
