#include "http/connection/quiet_thread.h"

#include <pthread.h>
#include <signal.h>

namespace cloudbrain::http {

std::thread quiet_thread(const char* name, std::function<void()> run) {
  return std::thread([name, run = std::move(run)] {
    ::pthread_setname_np(::pthread_self(), name);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    run();
  });
}

}  // namespace cloudbrain::http
