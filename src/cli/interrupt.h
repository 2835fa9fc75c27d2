// Ctrl-C as an event that a waiting loop sees, instead of the end of the process.
#pragma once

#include <csignal>

#include "base/files.h"

namespace cloudbrain::cli {

// While one lives, SIGINT of the thread that made it is read from a descriptor. One thread; nests.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  int descriptor() const { return fd_.get(); }  // readable once Ctrl-C was pressed

  // Waits for at most `milliseconds`. True: Ctrl-C was pressed.
  bool wait(int milliseconds) const;
  // Throws Error "interrupted" (exit code 130) if Ctrl-C is pressed meanwhile.
  void sleep(int milliseconds) const;

 private:
  sigset_t before_{};
  Fd fd_;
};

[[noreturn]] void throw_interrupted();

}  // namespace cloudbrain::cli
