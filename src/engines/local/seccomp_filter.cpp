#include "engines/local/seccomp_filter.h"

#include <array>
#include <cerrno>
#include <memory>
#include <type_traits>

#include <linux/falloc.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/files.h"

namespace cloudbrain {

namespace {

using Context = std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, decltype(&seccomp_release)>;

constexpr std::array kDenied{
    // mounts and roots
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(umount),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(quotactl),
    SCMP_SYS(quotactl_fd),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(fanotify_init),
    // namespaces
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    // the kernel
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(create_module),
    SCMP_SYS(query_module),
    SCMP_SYS(get_kernel_syms),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(syslog),
    SCMP_SYS(reboot),
    SCMP_SYS(acct),
    SCMP_SYS(lookup_dcookie),
    SCMP_SYS(sysfs),
    SCMP_SYS(_sysctl),
    SCMP_SYS(uselib),
    SCMP_SYS(ustat),
    SCMP_SYS(nfsservctl),
    SCMP_SYS(vhangup),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(vm86),
    SCMP_SYS(vm86old),
    SCMP_SYS(personality),
    // the clock and the name of the machine
    SCMP_SYS(settimeofday),
    SCMP_SYS(stime),
    SCMP_SYS(clock_settime),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    // keys are not in any namespace
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
};

constexpr std::array kAbsent{SCMP_SYS(clone3), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
                             SCMP_SYS(io_uring_register)};

constexpr std::array<unsigned, 7> kNamespaces{CLONE_NEWNS,    CLONE_NEWUTS, CLONE_NEWIPC,
                                              CLONE_NEWUSER,  CLONE_NEWPID, CLONE_NEWNET,
                                              CLONE_NEWCGROUP};

void check(int result, std::string_view call) {
  if (result < 0) throw_errno(call, "", -result);
}

// A call that this architecture does not have is no problem: nobody can make it.
void deny(const Context& filter, int call, int error,
          std::span<const scmp_arg_cmp> arguments = {}) {
  const int result =
      seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call,
                             static_cast<unsigned>(arguments.size()), arguments.data());
  if (result != -EDOM && result != -EINVAL) check(result, "seccomp_rule_add");
}

void add_rules(const Context& filter) {
  for (const int call : kDenied) deny(filter, call, EPERM);
  for (const int call : kAbsent) deny(filter, call, ENOSYS);
  for (const unsigned flag : kNamespaces) {
    const scmp_arg_cmp has_flag{0, SCMP_CMP_MASKED_EQ, flag, flag};
    deny(filter, SCMP_SYS(clone), EPERM, {&has_flag, 1});
  }
  // Typing into a terminal, of which a task has none; and the hypervisor's socket.
  for (const unsigned request : std::array<unsigned, 2>{TIOCSTI, TIOCLINUX}) {
    const scmp_arg_cmp is_request{1, SCMP_CMP_MASKED_EQ, 0xFFFFFFFFU, request};
    deny(filter, SCMP_SYS(ioctl), EPERM, {&is_request, 1});
  }
  // Room is promised faster than any look at the disk can see: gigabytes in a millisecond. The C
  // library writes instead where the call is not supported. Giving room back stays.
  const scmp_arg_cmp takes_room{1, SCMP_CMP_MASKED_EQ, FALLOC_FL_PUNCH_HOLE, 0};
  deny(filter, SCMP_SYS(fallocate), EOPNOTSUPP, {&takes_room, 1});
  const scmp_arg_cmp is_vsock{0, SCMP_CMP_EQ, AF_VSOCK, 0};
  deny(filter, SCMP_SYS(socket), EPERM, {&is_vsock, 1});
}

}  // namespace

std::string compile_seccomp_filter() {
  const Context filter(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
  if (!filter) throw_errno("seccomp_init", "", ENOMEM);
  check(seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)),
        "seccomp_attr_set");
  // 2: a binary tree over the call numbers instead of a chain, for this runs with every call.
  check(seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2), "seccomp_attr_set");
  add_rules(filter);
  const Fd file(::memfd_create("seccomp", MFD_CLOEXEC));
  if (!file) throw_errno("memfd_create", "seccomp");
  check(seccomp_export_bpf(filter.get(), file.get()), "seccomp_export_bpf");
  return read_file("/proc/self/fd/" + std::to_string(file.get()));
}

bool kernel_has_seccomp() {
  // The documented probe: EFAULT says that filters are known and only the argument was wrong.
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr, 0, 0) != 0 && errno == EFAULT;
}

}  // namespace cloudbrain
