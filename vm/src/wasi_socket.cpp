// WASI's socket functions. No world has sockets yet, so no descriptor is one.
#include "wasi_calls.h"

namespace tine::wasi {

static Errno not_a_socket(WasiCall& call, uint32_t fd) {
  const auto found = call.descriptor(fd, 0);
  return found ? Errno::kNotSock : found.error();
}

Answer sock_accept(WasiCall& call, uint32_t fd, uint32_t, Ptr) { return not_a_socket(call, fd); }

Answer sock_recv(WasiCall& call, uint32_t fd, Ptr, uint32_t, uint32_t, Ptr, Ptr) {
  return not_a_socket(call, fd);
}

Answer sock_send(WasiCall& call, uint32_t fd, Ptr, uint32_t, uint32_t, Ptr) {
  return not_a_socket(call, fd);
}

Answer sock_shutdown(WasiCall& call, uint32_t fd, uint32_t) { return not_a_socket(call, fd); }

}  // namespace tine::wasi
