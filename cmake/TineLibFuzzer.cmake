# libFuzzer comes as an archive without main; clang 19 knows where it lies. g++ links it too: the
# archive is built against libstdc++. Defines tine::libfuzzer where there is one. Used by this build
# and, installed, by find_package(tine).
if(NOT TARGET tine::libfuzzer)
  find_program(TINE_CLANGXX clang++-19)
  if(TINE_CLANGXX)
    set(tine_archive libclang_rt.fuzzer_no_main-${CMAKE_SYSTEM_PROCESSOR}.a)
    execute_process(COMMAND ${TINE_CLANGXX} -print-file-name=${tine_archive}
                    OUTPUT_VARIABLE tine_archive OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(EXISTS ${tine_archive})
      add_library(tine::libfuzzer STATIC IMPORTED GLOBAL)
      set_target_properties(tine::libfuzzer PROPERTIES IMPORTED_LOCATION ${tine_archive})
    endif()
    unset(tine_archive)
  endif()
endif()
