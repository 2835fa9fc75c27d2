#include "engines/local/images/tool.h"

#include <array>
#include <cerrno>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

namespace {

constexpr int kTickMs = 200;
constexpr std::size_t kMostOutput = 8U << 20U;  // an index or a configuration; more is dropped

std::string program(const std::string& name) {
  if (const auto path = find_program(name)) return path->native();
  throw Error(
      ErrorKind::unavailable, "images_missing",
      {fmt::format("{} is not installed on this machine; images can't be made ready.", name),
       fmt::format("本机未安装 {}，无法准备镜像。", name)},
      {"Install it: apt install skopeo umoci bubblewrap crun",
       "请安装：apt install skopeo umoci bubblewrap crun"});
}

// A registry or an image may find a mistake in these programs: then it still is in a room whose
// walls are read-only, and that ends with the server.
std::vector<std::string> confined(const ToolRun& run) {
  std::vector<std::string> argv{program("bwrap"),
                                "--die-with-parent",
                                "--unshare-pid",
                                "--unshare-ipc",
                                "--ro-bind",
                                "/",
                                "/",
                                "--dev",
                                "/dev",
                                "--proc",
                                "/proc",
                                "--tmpfs",
                                "/tmp",
                                "--tmpfs",
                                run.hidden.native(),
                                "--bind",
                                run.writable.native(),
                                run.writable.native(),
                                "--setenv",
                                "HOME",
                                run.writable.native(),
                                "--setenv",
                                "TMPDIR",
                                run.writable.native(),
                                "--chdir",
                                run.writable.native(),
                                "--cap-drop",
                                "ALL"};
  if (!run.network) argv.emplace_back("--unshare-net");
  if (run.unpacks) {
    for (const char* capability : {"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID",
                                   "CAP_MKNOD", "CAP_SETFCAP"}) {
      argv.insert(argv.end(), {"--cap-add", capability});
    }
  }
  argv.emplace_back("--");
  argv.push_back(program(run.argv.front()));
  argv.insert(argv.end(), run.argv.begin() + 1, run.argv.end());
  return argv;
}

// False at its end.
bool take(Fd& stream, std::string& to) {
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = ::read(stream.get(), buffer.data(), buffer.size());
  if (count < 0 && errno == EINTR) return true;
  if (count <= 0) return false;
  if (to.size() < kMostOutput) to.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

}  // namespace

ProcessResult run_tool(const ToolRun& run, const GoOn& go_on) {
  ChildProcess child = ChildProcess::start({.argv = confined(run), .new_session = true},
                                           {.output = true, .error = true});
  ProcessResult result;
  bool output = true, error = true;
  while (output || error) {
    std::array<pollfd, 2> waits{pollfd{output ? child.output().get() : -1, POLLIN, 0},
                                pollfd{error ? child.error().get() : -1, POLLIN, 0}};
    ::poll(waits.data(), waits.size(), kTickMs);
    if (waits[0].revents != 0) output = take(child.output(), result.output);
    if (waits[1].revents != 0) error = take(child.error(), result.error);
    if (go_on()) continue;
    child.kill(SIGKILL);
    child.wait();
    throw Error(ErrorKind::conflict, "image_stopped",
                {"Nobody waits for the image any more.", "已无任务等待该镜像。"});
  }
  result.status = child.wait();
  return result;
}

std::string last_words(const std::string& output) {
  std::size_t end = output.find_last_not_of("\n ");
  if (end == std::string::npos) return {};
  const std::size_t start = output.rfind('\n', end) + 1;
  std::string line = output.substr(start, end + 1 - start);
  if (const std::size_t at = line.find("msg=\""); at != std::string::npos) {
    line = line.substr(at + 5);
    if (line.ends_with('"')) line.pop_back();
    for (std::size_t mark = line.find("\\\""); mark != std::string::npos;
         mark = line.find("\\\"", mark + 1)) {
      line.erase(mark, 1);
    }
  }
  if (line.size() > 600) line.resize(600);
  return line;
}

}  // namespace cloudbrain
