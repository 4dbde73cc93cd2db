# What tine stands on, for another CPU: tools/cross.sh unpacked Debian's packages into root/ of the
# build folder. Static libraries and headers only, under the names that TineDependencies.cmake gives.
find_package(Threads REQUIRED)

set(cross_root ${CMAKE_BINARY_DIR}/root/usr)
if(NOT EXISTS ${cross_root}/include/zstd.h)
  message(FATAL_ERROR "no libraries for ${CMAKE_SYSTEM_PROCESSOR}: `./run cross` fetches them")
endif()

function(tine_cross_library target archive)
  file(GLOB file ${cross_root}/lib/*/${archive})
  add_library(${target} STATIC IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${file}
                        INTERFACE_INCLUDE_DIRECTORIES ${cross_root}/include)
endfunction()
function(tine_cross_headers target)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} INTERFACE ${cross_root}/include)
endfunction()

tine_cross_library(PkgConfig::xxhash libxxhash.a)
tine_cross_library(PkgConfig::zstd libzstd.a)
tine_cross_headers(CLI11::CLI11)
tine_cross_headers(nlohmann_json::nlohmann_json)
tine_cross_headers(fmt::fmt)
target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY)
