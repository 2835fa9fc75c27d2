// The system calls a task may not make.
#pragma once

#include <string>

namespace cloudbrain {

// The compiled filter (classic BPF for seccomp(2)) for this machine's architecture.
//
// A list of what is denied, in the manner of the container engines' default profile: what changes
// mounts, namespaces, the kernel, the clock or another process' keys, and what has been a way out
// of sandboxes (userfaultfd, io_uring, open_by_handle_at, vsock). Most answer EPERM. clone3 and
// io_uring answer ENOSYS: the C library and libuv then fall back to calls whose arguments a filter
// can see. ptrace and process_vm_readv stay: debuggers, profilers and NCCL use them, and the PID
// namespace has only the task's own processes. Calls of another architecture (32-bit, x32) answer
// ENOSYS.
//
// Throws Error internal where libseccomp refuses.
std::string compile_seccomp_filter();

// True where the running kernel takes filters.
bool kernel_has_seccomp();

}  // namespace cloudbrain
