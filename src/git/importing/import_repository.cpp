#include "git/importing/import_repository.h"

#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/hash.h"
#include "git/git_command.h"
#include "git/importing/import_address.h"
#include "git/watched_git.h"

namespace cloudbrain {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kSilence{180};

[[noreturn]] void refuse(ErrorKind kind, const char* code, std::string en, std::string zh,
                         Text next = {}) {
  throw Error(kind, code, {std::move(en), std::move(zh)}, std::move(next));
}

bool is_literal_address(const ImportAddress& address) {
  return address.peers.size() == 1 && address.peers[0] == address.host;
}

// "host:port:address,address" of CURLOPT_RESOLVE(3): curl asks nobody else for this name.
std::string pinned(const ImportAddress& address) {
  std::vector<std::string> peers;
  peers.reserve(address.peers.size());
  for (const std::string& peer : address.peers) {
    peers.push_back(peer.find(':') == std::string::npos ? peer : "[" + peer + "]");
  }
  return fmt::format("{}:{}:{}", address.host, address.port, fmt::join(peers, ","));
}

// Where git really goes: over git:// there is no way to pin but to name the address.
std::string target_of(const ImportAddress& address) {
  if (address.scheme != "git") return address.url();
  ImportAddress target = address;
  target.host = address.peers.front();
  return target.url();
}

GitSettings settings_of(const ImportAddress& address, const ImportRequest& request) {
  GitSettings settings{
      {"protocol.allow", "never"},
      {fmt::format("protocol.{}.allow", address.scheme), "always"},
      {"http.followRedirects", "false"},
      {"core.logAllRefUpdates", "false"},  // it would say where each branch came from
      {"fetch.unpackLimit", "1"},
  };
  if (address.scheme != "git" && !is_literal_address(address)) {
    settings.emplace_back("http.curloptResolve", pinned(address));
  }
  if (!request.user.empty() || !request.password.empty()) {
    settings.emplace_back(
        "http.extraHeader",
        "Authorization: Basic " + base64_encode(request.user + ":" + request.password));
  }
  return settings;
}

// "Receiving objects:  45% (123/272), 1.2 MiB | …"
std::optional<int> percent_of(std::string_view line) {
  const std::size_t sign = line.find('%');
  if (!line.starts_with("Receiving objects:") || sign == std::string_view::npos) return {};
  const std::size_t start = line.find_last_of(' ', sign) + 1;
  int percent = 0;
  std::from_chars(line.data() + start, line.data() + sign, percent);
  return percent;
}

std::string_view last_message(std::string_view said) {
  constexpr std::size_t kShown = 300;
  const std::size_t fatal = said.rfind("fatal: ");
  if (fatal != std::string_view::npos) said.remove_prefix(fatal + 7);
  return said.substr(0, std::min(kShown, said.find('\n')));
}

bool says(std::string_view said, std::initializer_list<std::string_view> signs) {
  return std::ranges::any_of(
      signs, [&](std::string_view sign) { return said.find(sign) != std::string_view::npos; });
}

// git's words as ours.
[[noreturn]] void throw_failed(const std::string& said, const ImportRequest& request) {
  const std::string& url = request.url;
  if (says(said, {"could not read Username", "could not read Password", "Authentication failed",
                  "returned error: 401", "returned error: 403"})) {
    throw Error::fields({{"import_password",
                          "import_denied",
                          {fmt::format("{} asks for a user name and password that are right.", url),
                           fmt::format("{} 需要正确的用户名和密码。", url)}}});
  }
  if (says(said, {"returned error: 30", "redirect"})) {
    refuse(ErrorKind::invalid, "import_redirected",
           fmt::format("{} sends us to another address, which is not followed.", url),
           fmt::format("{} 重定向到其他地址，不会跟随。", url),
           {"Give the address it leads to; often it is the same with .git at its end.",
            "请填写最终地址，通常是在原地址末尾加上 .git。"});
  }
  if (says(said, {"not found", "returned error: 404", "does not appear to be a git repository",
                  "access denied or repository not exported"})) {
    refuse(ErrorKind::invalid, "import_missing",
           fmt::format("There is no git repository at {}.", url),
           fmt::format("{} 处没有 git 仓库。", url));
  }
  if (says(said, {"Failed to connect", "Connection refused", "unable to connect", "timed out",
                  "Could not resolve", "No route to host", "Couldn't connect"})) {
    refuse(ErrorKind::unavailable, "import_unreachable", fmt::format("{} does not answer.", url),
           fmt::format("{} 没有响应。", url));
  }
  const std::string shown = readable(last_message(said));
  refuse(ErrorKind::invalid, "import_failed", fmt::format("{} cannot be imported: {}", url, shown),
         fmt::format("无法导入 {}：{}", url, shown));
}

// One import: the commands it runs and what bounds them.
class Import {
 public:
  Import(const ImportRequest& request, ImportAddress address,
         const std::function<void(const ImportProgress&)>& progress, const std::stop_token& stop)
      : request_(request), address_(std::move(address)), progress_(progress), stop_(stop) {}

  // What HEAD is there; empty where the other side does not tell.
  std::string default_branch() {
    const std::string output = run({}, {"ls-remote", "--symref", target_of(address_), "HEAD"});
    constexpr std::string_view kStart = "ref: refs/heads/";
    if (!output.starts_with(kStart)) return "";
    std::string branch = output.substr(kStart.size(), output.find('\t') - kStart.size());
    return is_branch_name(branch) ? branch : "";
  }

  void fetch(const fs::path& repository) {
    run(repository, {"fetch", "--progress", "--no-auto-maintenance", "--no-write-fetch-head",
                     "--no-recurse-submodules", target_of(address_), "+refs/heads/*:refs/heads/*",
                     "+refs/tags/*:refs/tags/*"});
    check_size(repository);
  }

 private:
  enum class Ended { no, stopped, too_large, too_late };

  std::string run(const fs::path& repository, std::vector<std::string> arguments) {
    Ended ended = Ended::no;
    const WatchedRun run =
        run_watched_git(git_process(repository, std::move(arguments),
                                    {{"GIT_ALLOW_PROTOCOL", address_.scheme},
                                     {"GIT_OVERRIDE_VIRTUAL_HOST", virtual_host()}},
                                    settings_of(address_, request_)),
                        kSilence, [&](std::string_view line) {
                          ended = look(repository, line);
                          return ended != Ended::no;
                        });
    if (run.end == RunEnd::silent || ended == Ended::too_late) throw_too_late();
    if (ended == Ended::too_large) throw_too_large();
    if (ended == Ended::stopped) {
      refuse(ErrorKind::invalid, "import_stopped", "The import was stopped.", "导入已停止。");
    }
    if (!run.status.ok()) throw_failed(run.error, request_);
    return run.output;
  }

  // The name that a git:// server is asked by, as we connect by address.
  std::string virtual_host() const {
    if (address_.scheme != "git") return "";
    return fmt::format("{}:{}", address_.host, address_.port);
  }

  Ended look(const fs::path& repository, std::string_view line) {
    if (stop_.stop_requested()) return Ended::stopped;
    if (SteadyClock::now() - start_ > request_.time_limit) return Ended::too_late;
    if (repository.empty()) return Ended::no;
    now_.bytes = tree_size(repository);
    if (now_.bytes > request_.max_bytes) return Ended::too_large;
    now_.percent = std::max(now_.percent, percent_of(line).value_or(0));
    if (progress_) progress_(now_);
    return Ended::no;
  }

  void check_size(const fs::path& repository) {
    if (tree_size(repository) > request_.max_bytes) throw_too_large();
  }

  [[noreturn]] void throw_too_large() const {
    const std::uint64_t most = request_.max_bytes >> 20U;
    refuse(ErrorKind::too_large, "import_too_large",
           fmt::format("{} has more than {} MiB, which is the most.", request_.url, most),
           fmt::format("{} 超过 {} MiB 的上限。", request_.url, most));
  }
  [[noreturn]] void throw_too_late() const {
    refuse(ErrorKind::unavailable, "import_timeout",
           fmt::format("{} took too long to answer.", request_.url),
           fmt::format("{} 响应超时。", request_.url));
  }

  const ImportRequest& request_;
  ImportAddress address_;
  const std::function<void(const ImportProgress&)>& progress_;
  const std::stop_token& stop_;
  SteadyClock::time_point start_ = SteadyClock::now();
  ImportProgress now_;
};

// Where the other side's HEAD names no branch that came along: main, master, or the first one.
void settle_default_branch(const fs::path& repository, const std::string& told) {
  const std::string names =
      "\n" +
      run_git(git_process(repository, {"for-each-ref", "--format=%(refname)", "refs/heads/"}));
  if (names.size() == 1) return;
  const auto has = [&](std::string_view branch) {
    return names.find(fmt::format("\nrefs/heads/{}\n", branch)) != std::string::npos;
  };
  std::string chosen = "refs/heads/" + told;
  if (told.empty() || !has(told)) {
    chosen = names.substr(1, names.find('\n', 1) - 1);
    if (has("master")) chosen = "refs/heads/master";
    if (has("main")) chosen = "refs/heads/main";
  }
  run_git(git_process(repository, {"symbolic-ref", "HEAD", chosen}));
}

}  // namespace

void check_import(const ImportRequest& request) {
  const ImportAddress address = parse_import_url(request.url);
  if (address.scheme == "git" && !(request.user.empty() && request.password.empty())) {
    throw Error::fields(
        {{"import_password",
          "import_password_unused",
          {"git:// knows no passwords; use https://.", "git:// 不支持密码，请使用 https://。"}}});
  }
}

void import_repository(Repositories& repositories, ProjectId project, const ImportRequest& request,
                       const std::function<void(const ImportProgress&)>& progress,
                       const std::stop_token& stop) {
  check_import(request);
  ImportAddress address = parse_import_url(request.url);
  resolve_import_host(address, request.allow_private_addresses);
  import_from(repositories, project, request, std::move(address), progress, stop);
}

void import_from(Repositories& repositories, ProjectId project, const ImportRequest& request,
                 ImportAddress address, const std::function<void(const ImportProgress&)>& progress,
                 const std::stop_token& stop) {
  Import import(request, std::move(address), progress, stop);
  const std::string branch = import.default_branch();
  PreparedRepository prepared = repositories.prepare();
  import.fetch(prepared.path());
  settle_default_branch(prepared.path(), branch);
  repositories.place(std::move(prepared), project);
}

}  // namespace cloudbrain
