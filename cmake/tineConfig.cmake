# find_package(tine): the libraries tine::vm, tine::fork, tine::corpus and tine::fuzz, and what they
# stand on. Each of them brings along the ones to its left.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(fmt)
find_dependency(PkgConfig)
pkg_check_modules(xxhash REQUIRED QUIET IMPORTED_TARGET libxxhash)
pkg_check_modules(zstd REQUIRED QUIET IMPORTED_TARGET libzstd)
include(${CMAKE_CURRENT_LIST_DIR}/TineLibFuzzer.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/tineTargets.cmake)
