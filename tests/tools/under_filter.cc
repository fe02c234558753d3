// Runs a command as systemd would under SystemCallFilter= and MemoryDenyWriteExecute=:
//   leeway_under_filter LIST COMMAND [ARGUMENT...]
// where LIST names the allowed system calls, one a line; names that this machine does not know are
// left out. All others fail with EPERM. Memory is never writable and executable, nor made
// executable later.
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

namespace {

constexpr scmp_datum_t kWrite = PROT_WRITE;
constexpr scmp_datum_t kExecute = PROT_EXEC;

bool load(scmp_filter_ctx filter) {
  const bool loaded = filter != nullptr && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return loaded;
}

bool deny_writable_code() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  const auto refuse = [filter](int call, scmp_datum_t protection) {
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, protection, protection)) == 0;
  };
  return refuse(SCMP_SYS(mmap), kWrite | kExecute) && refuse(SCMP_SYS(mprotect), kExecute) &&
         refuse(SCMP_SYS(pkey_mprotect), kExecute) && load(filter);
}

bool allow_only(std::ifstream names) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  for (std::string name; std::getline(names, name);) {
    const int call = seccomp_syscall_resolve_name(name.c_str());
    if (call == __NR_SCMP_ERROR) continue;
    const int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    if (error != 0 && error != -EDOM) return false;
  }
  return load(filter);
}

}  // namespace

int main(int argc, char** argv) {
  std::ifstream names(argc > 2 ? argv[1] : "");
  if (!names) {
    std::fprintf(stderr, "usage: leeway_under_filter LIST COMMAND [ARGUMENT...]\n");
    return 2;
  }
  if (!deny_writable_code() || !allow_only(std::move(names))) {
    std::fprintf(stderr, "the filters cannot be set: %s\n", std::strerror(errno));
    return 2;
  }
  ::execvp(argv[2], argv + 2);
  std::fprintf(stderr, "'%s' cannot be run: %s\n", argv[2], std::strerror(errno));
  return 2;
}
