# cmake --install: the two programs, the libraries as tine::vm, tine::fork, tine::corpus and
# tine::fuzz, the public headers, and the package that find_package(tine) finds.
# docs/embedding.md shows it from outside; tests/system/embedding_test.sh holds it to that.
include(CMakePackageConfigHelpers)

set(TINE_LIBRARY_ROOMS vm fork corpus fuzz)
set(TINE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/tine)

foreach(room ${TINE_LIBRARY_ROOMS})
  set_target_properties(tine_${room} PROPERTIES EXPORT_NAME ${room})
  add_library(tine::${room} ALIAS tine_${room})
  install(TARGETS tine_${room} EXPORT tineTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${room}/include/tine
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()
install(TARGETS tine forkbench RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

install(EXPORT tineTargets NAMESPACE tine:: DESTINATION ${TINE_PACKAGE_DIR})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/tineConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/tineConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/tineConfig.cmake
              ${PROJECT_SOURCE_DIR}/cmake/TineLibFuzzer.cmake
        DESTINATION ${TINE_PACKAGE_DIR})
