#include "cli/interrupt.h"

#include <poll.h>
#include <sys/signalfd.h>

#include "base/error.h"
#include "cli/exit_codes.h"

namespace cloudbrain::cli {

Interrupt::Interrupt() {
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  fd_ = Fd(signalfd(-1, &interrupt, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_) throw_errno("signalfd", "SIGINT");
  pthread_sigmask(SIG_BLOCK, &interrupt, &before_);
}

Interrupt::~Interrupt() {
  // Who asked has been told: a signal still pending would kill the process at the next line.
  signalfd_siginfo seen{};
  while (::read(fd_.get(), &seen, sizeof seen) > 0) {
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool Interrupt::wait(int milliseconds) const {
  pollfd waiting{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, milliseconds) > 0;
}

void Interrupt::sleep(int milliseconds) const {
  if (wait(milliseconds)) throw_interrupted();
}

void throw_interrupted() {
  throw Error(ErrorKind::internal, kInterruptedError, {"Interrupted.", "已中断。"});
}

}  // namespace cloudbrain::cli
