# What the toolchains of other CPUs share: Debian's g++ for them, and static programs, so that
# qemu-user runs them without any library of theirs. The caller has set TINE_CPU, as in the
# compiler's name.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${TINE_CPU})
set(CMAKE_C_COMPILER ${TINE_CPU}-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER ${TINE_CPU}-linux-gnu-g++)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
