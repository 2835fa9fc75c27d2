#include "app/serve.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>

#include "app/platform.h"
#include "base/error.h"
#include "base/log.h"

namespace cloudbrain::app {

namespace {

// Blocked in every thread from here on; the main thread waits for them.
sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

void print(const Error& error) {
  fmt::print(stderr, "cloudbrain: {}\n", error.message().en);
  if (!error.next().empty()) fmt::print(stderr, "  {}\n", error.next().en);
}

}  // namespace

int serve(const Configuration& configuration) {
  // One arena for many threads: an idle server keeps a few MB instead of a few dozen.
  ::mallopt(M_ARENA_MAX, 2);
  ::signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (sodium_init() < 0) return EXIT_FAILURE;
  if (configuration.verbose) log::set_level(log::Level::debug);
  try {
    Platform platform(configuration);
    platform.start();
    const bool six = configuration.address.find(':') != std::string::npos;
    fmt::print("Cloudbrain serves on http://{}{}{}:{}\n", six ? "[" : "", configuration.address,
               six ? "]" : "", platform.port());
    std::fflush(stdout);
    int signal = 0;
    ::sigwait(&signals, &signal);
    log::info("ending; tasks that run go on by themselves");
  } catch (const Error& error) {
    print(error);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

}  // namespace cloudbrain::app
