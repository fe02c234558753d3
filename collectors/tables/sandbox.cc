#include "collectors/tables/sandbox.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace leeway::tables {
namespace {

// Sanitizers reserve terabytes of addresses and look for leaks by tracing themselves.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LEEWAY_SANITIZED 1
#endif
#endif
#ifdef LEEWAY_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

std::string message_of(int error) { return std::generic_category().message(error); }

Result<> set_limit(__rlimit_resource resource, std::uint64_t value, const char* name) {
  rlimit limit{};
  ::getrlimit(resource, &limit);
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, value);  // it may be lower already
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(resource, &limit) == 0) return {};
  return fail(ErrorCode::kUnavailable, std::string("limiting ") + name + ": " + message_of(errno));
}

Result<> set_limits(const SandboxLimits& limits) {
  if (auto set = set_limit(RLIMIT_CORE, 0, "core dumps"); !set) return set;
  if (auto set = set_limit(RLIMIT_FSIZE, limits.file_bytes, "file size"); !set) return set;
  if (auto set = set_limit(RLIMIT_NOFILE, limits.descriptors, "descriptors"); !set) return set;
  if (kSanitized) return {};
  return set_limit(RLIMIT_AS, limits.address_space, "address space");
}

/// Other processes, other programs, the network, and what only an administrator needs. Reading and
/// writing files goes on: the folder of the scratch files is given by the plan.
constexpr std::array kRefused = {
    // the network
    SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen),
    SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(setsockopt),
    // programs and processes
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kill), SCMP_SYS(tkill),
    SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(process_madvise),
    SCMP_SYS(setpgid), SCMP_SYS(setsid), SCMP_SYS(setns), SCMP_SYS(unshare), SCMP_SYS(kcmp),
    // the file system as a whole
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(swapon),
    SCMP_SYS(swapoff), SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at), SCMP_SYS(quotactl), SCMP_SYS(chown), SCMP_SYS(fchown),
    SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr),
    SCMP_SYS(fsetxattr), SCMP_SYS(open_tree), SCMP_SYS(move_mount), SCMP_SYS(fsopen),
    SCMP_SYS(fsmount), SCMP_SYS(fsconfig), SCMP_SYS(fspick),
    // the machine and its kernel
    SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(keyctl), SCMP_SYS(add_key),
    SCMP_SYS(request_key), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(syslog),
    SCMP_SYS(acct), SCMP_SYS(personality), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime), SCMP_SYS(sethostname), SCMP_SYS(setdomainname),
    SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
    SCMP_SYS(setresgid), SCMP_SYS(setgroups), SCMP_SYS(capset), SCMP_SYS(vhangup), SCMP_SYS(shmget),
    SCMP_SYS(shmat), SCMP_SYS(msgget), SCMP_SYS(semget), SCMP_SYS(mq_open)};

int add_rules(scmp_filter_ctx filter) {
  for (const int call : kRefused) {
    if (kSanitized && (call == SCMP_SYS(ptrace) || call == SCMP_SYS(personality))) continue;
    // A call that this machine does not have needs no rule.
    const int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
    if (error != 0 && error != -EDOM && error != -EINVAL && error != -EEXIST) return error;
  }
  // A signal to another process, by its thread; to itself is how abort() works.
  const scmp_arg_cmp other{
      .arg = 0, .op = SCMP_CMP_NE, .datum_a = static_cast<scmp_datum_t>(::getpid()), .datum_b = 0};
  if (const int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1, other);
      error != 0) {
    return error;
  }
  if (kSanitized) return 0;
  // Threads yes, processes no. clone3 hides its flags behind a pointer; without it glibc uses
  // clone.
  if (const int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
      error != 0) {
    return error;
  }
  return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                          SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
}

/// 0, or the error.
int filter_calls() {
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_ALLOW),
                                                                seccomp_release);
  if (!filter) return ENOMEM;
  if (const int error = add_rules(filter.get()); error != 0) return -error;
  return -seccomp_load(filter.get());
}

/// The second number of statm is resident, the first all of the address space, both in pages.
std::array<std::uint64_t, 2> memory_pages() {
  std::array<std::uint64_t, 2> pages{};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"),
                                                             std::fclose);
  unsigned long all = 0;
  unsigned long resident = 0;
  if (file && std::fscanf(file.get(), "%lu %lu", &all, &resident) == 2) pages = {all, resident};
  return pages;
}

std::uint64_t page_bytes() { return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

Result<std::string> enter_sandbox(int keep, const SandboxLimits& limits) {
  const auto trouble = [](const char* what) {
    return fail(ErrorCode::kUnavailable, std::string(what) + ": " + message_of(errno));
  };
  if (::syscall(SYS_close_range, keep + 1, ~0U, 0) != 0) return trouble("closing descriptors");
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return trouble("ending with the parent");
  if (::prctl(PR_SET_DUMPABLE, kSanitized ? 1 : 0) != 0) return trouble("refusing to be traced");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return trouble("refusing new privileges");
  if (auto set = set_limits(limits); !set) return fail(std::move(set.error()));
  if (const int error = filter_calls(); error != 0) {
    return "system calls are not filtered: " + message_of(error);
  }
  return std::string();
}

void limit_memory(std::uint64_t bytes) {
  if (kSanitized) return;
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, memory_pages()[0] * page_bytes() + bytes);
  ::setrlimit(RLIMIT_AS, &limit);
}

std::uint64_t resident_bytes() { return memory_pages()[1] * page_bytes(); }

}  // namespace leeway::tables
