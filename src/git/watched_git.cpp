#include "git/watched_git.h"

#include <array>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace cloudbrain {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kKept = 64U << 10U;
constexpr std::chrono::milliseconds kBetweenLooks{200};

// Reads what is there into `text`; false at the end of the stream.
bool read_some(const Fd& fd, std::string& text) {
  std::array<char, 16384> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = ::read(fd.get(), bytes.data(), bytes.size());
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  text.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0;
}

// git ends its progress with a carriage return and all else with a newline.
std::string_view last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  const std::size_t start = text.find_last_of("\r\n");
  return start == std::string_view::npos ? text : text.substr(start + 1);
}

}  // namespace

WatchedRun run_watched_git(ProcessOptions options, std::chrono::seconds silence,
                           const std::function<bool(std::string_view line)>& look) {
  options.new_session = true;  // so that it can be ended with all its children
  ChildProcess child = ChildProcess::start(options, {.output = true, .error = true});
  for (const Fd* fd : {&child.output(), &child.error()}) ::fcntl(fd->get(), F_SETFL, O_NONBLOCK);
  WatchedRun run;
  auto heard = SteadyClock::now();
  auto looked = heard;
  while (run.end == RunEnd::by_itself && (child.output() || child.error())) {
    std::array<pollfd, 2> waits{pollfd{child.output().get(), POLLIN, 0},
                                pollfd{child.error().get(), POLLIN, 0}};
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(kBetweenLooks.count()));
    if (ready > 0) heard = SteadyClock::now();
    if (waits[0].revents != 0 && !read_some(child.output(), run.output)) child.output().reset();
    if (waits[1].revents != 0 && !read_some(child.error(), run.error)) child.error().reset();
    if (run.output.size() > kKept) run.output.resize(kKept);
    if (run.error.size() > kKept) run.error.erase(0, run.error.size() - kKept);
    if (SteadyClock::now() - heard > silence) run.end = RunEnd::silent;
    if (SteadyClock::now() - looked < kBetweenLooks) continue;
    looked = SteadyClock::now();
    if (look(last_line(run.error))) run.end = RunEnd::stopped;
  }
  if (run.end != RunEnd::by_itself) ::kill(-child.pid(), SIGKILL);
  run.status = child.wait();
  return run;
}

}  // namespace cloudbrain
