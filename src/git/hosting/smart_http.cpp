#include "git/hosting/smart_http.h"

#include <array>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/error.h"
#include "domain/names.h"
#include "git/branches.h"
#include "git/git_command.h"
#include "git/hosting/push_hook.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kHeadLimit = 64U << 10U;
constexpr int kPipeBytes = 1 << 20;
constexpr std::chrono::seconds kPatience{2};

std::optional<GitService> service_of(std::string_view name) {
  if (name == "git-upload-pack") return GitService::fetch;
  if (name == "git-receive-pack") return GitService::push;
  return std::nullopt;
}

bool is_protocol(std::string_view text) {
  return text.size() <= 100 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '=' || c == ':' ||
                  c == '.';
         });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// The lines of a CGI response's head (RFC 3875 section 6.2), without the empty one.
GitResponseHead parse_head(std::string_view text) {
  GitResponseHead head;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (lower_case(name) == "status") {
      std::from_chars(value.data(), value.data() + value.size(), head.status);
    } else {
      head.headers.emplace_back(name, value);
    }
  }
  return head;
}

// The end of the head and the start of the body, where both are there.
std::optional<std::pair<std::size_t, std::size_t>> find_head_end(std::string_view text) {
  if (const auto end = text.find("\r\n\r\n"); end != std::string_view::npos)
    return {{end, end + 4}};
  if (const auto end = text.find("\n\n"); end != std::string_view::npos) return {{end, end + 2}};
  return std::nullopt;
}

// A packet of git's protocol: its length with these four digits, then the text
// (gitprotocol-common(5)).
std::string packet_line(std::string_view text) {
  return fmt::format("{:04x}{}", text.size() + 4, text);
}

// Where a push's commands end: after the flush packet "0000" (gitprotocol-pack(5)).
std::size_t start_of_pack(std::string_view body) {
  std::size_t at = 0;
  while (at + 4 <= body.size()) {
    std::size_t length = 0;
    const auto parsed = std::from_chars(body.data() + at, body.data() + at + 4, length, 16);
    if (parsed.ptr != body.data() + at + 4) break;
    if (length == 0) return at + 4;
    at += std::max<std::size_t>(length, 4);
  }
  return body.size();
}

// Reads to the end, for no longer than `patience`.
void drain(const Fd& output, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::array<char, 65536> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd more{output.get(), POLLIN, 0};
    if (left.count() <= 0 || ::poll(&more, 1, static_cast<int>(left.count())) == 0) return;
    const ssize_t count = ::read(output.get(), bytes.data(), bytes.size());
    if (count == 0 || (count < 0 && errno != EINTR)) return;
  }
}

}  // namespace

std::optional<GitService> git_service(const GitRequest& request) {
  if (request.method == "POST" && request.path.starts_with('/')) {
    return service_of(std::string_view(request.path).substr(1));
  }
  constexpr std::string_view kService = "service=";
  const bool asks = request.method == "GET" && request.path == "/info/refs";
  if (!asks || !request.query.starts_with(kService)) return std::nullopt;
  return service_of(std::string_view(request.query).substr(kService.size()));
}

SmartHttp::SmartHttp(const Repositories& repositories, const fs::path& hook_program)
    : repositories_(repositories), hooks_(repositories.root() / ".hooks") {
  install_push_hook(hooks_, hook_program);
}

// Never 0, which git takes for "no limit", and enough for the empty pack of a push that only moves
// references.
std::uint64_t SmartHttp::room_left(ProjectId project, const GitLimits& limits) const {
  constexpr std::uint64_t kLeast = 1024;
  const std::uint64_t used = repositories_.size(project);
  if (used + kLeast > limits.max_repository_bytes) return kLeast;
  return limits.max_repository_bytes - used;
}

GitExchange SmartHttp::start(ProjectId project, const GitRequest& request,
                             const GitLimits& limits) const {
  const std::optional<GitService> service = git_service(request);
  if (!service) {
    throw Error(
        ErrorKind::missing, "git_request",
        {fmt::format("{} {} is no request of git's smart HTTP protocol.", request.method,
                     request.path),
         fmt::format("{} {} 不是 git 智能 HTTP 协议的请求。", request.method, request.path)});
  }
  if (!repositories_.exists(project)) {
    throw Error(ErrorKind::missing, "repository_missing",
                {"This project has no repository.", "该项目没有代码仓库。"});
  }
  std::map<std::string, std::string> environment{
      {"GIT_PROJECT_ROOT", fs::absolute(repositories_.root())},
      {"GIT_HTTP_EXPORT_ALL", "1"},
      {"PATH_INFO", fmt::format("/{}.git{}", project.value, request.path)},
      {"REQUEST_METHOD", request.method},
      {"QUERY_STRING", request.query},
      {"CONTENT_TYPE", request.content_type},
      {"HTTP_CONTENT_ENCODING", request.content_encoding},
      {"REMOTE_USER", request.user},
  };
  if (is_protocol(request.git_protocol)) environment["GIT_PROTOCOL"] = request.git_protocol;
  if (request.content_length) {
    environment["CONTENT_LENGTH"] = std::to_string(*request.content_length);
  }
  GitSettings settings;
  std::uint64_t room = 0;
  if (*service == GitService::push) {
    room = room_left(project, limits);
    settings = push_hook_settings(hooks_);
    settings.emplace_back("receive.maxInputSize", std::to_string(room));
    // What is too large to be sent in one piece stays a pack: it streams to the disk, where single
    // objects would be held in memory. Small pushes are unpacked, as packs cost more to look into.
    if (!request.content_length) settings.emplace_back("receive.unpackLimit", "1");
    environment.merge(push_hook_environment(limits, request.chinese));
  }
  ProcessOptions options = git_process({}, {"http-backend"}, std::move(environment), settings);
  options.new_session = true;  // so that it can be ended with all its children
  GitExchange exchange(ChildProcess::start(options, {.input = true, .output = true}), *service);
  const Error full = repository_full(limits);
  exchange.pack_limit_ = room;
  exchange.full_ = request.chinese ? full.message().zh + full.next().zh
                                   : full.message().en + " " + full.next().en;
  for (const Fd* end : {&exchange.input(), &exchange.output()}) {
    (void)::fcntl(end->get(), F_SETPIPE_SZ, kPipeBytes);
  }
  return exchange;
}

GitExchange::~GitExchange() {
  if (child_.pid() <= 0) return;
  child_.input().reset();
  // A push that ends too early is cleaned up by git itself, quarantine and all, if it may say so to
  // the end; a signal or a broken pipe would leave the quarantine lying.
  if (service_ == GitService::push) drain(child_.output(), kPatience);
  child_.output().reset();
  ::kill(-child_.pid(), SIGTERM);
  child_.wait();
}

void GitExchange::write(std::span<const char> bytes) {
  received_ += bytes.size();
  if (beginning_.size() < kHeadLimit && pack_limit_ > 0) {
    beginning_.append(bytes.data(), std::min(bytes.size(), kHeadLimit - beginning_.size()));
  }
  while (input() && !bytes.empty()) {
    const ssize_t count = ::write(input().get(), bytes.data(), bytes.size());
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno == EPIPE) {
      input().reset();
    } else if (errno != EINTR) {
      throw_errno("write", "git http-backend");
    }
  }
}

// Counts the pack alone, and only where the client takes messages.
bool GitExchange::is_pack_too_large() const {
  if (pack_limit_ == 0 || received_ <= pack_limit_) return false;
  if (beginning_.find("side-band-64k") == std::string::npos) return false;
  return received_ - start_of_pack(beginning_) > pack_limit_;
}

GitResponseHead GitExchange::read_head() {
  std::string text;
  std::array<char, 4096> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (text.size() < kHeadLimit) {
    const ssize_t count = ::read(output().get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("read", "git http-backend");
    if (count == 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(count));
    if (const auto end = find_head_end(text)) {
      GitResponseHead head = parse_head(std::string_view(text).substr(0, end->first));
      head.body_start = text.substr(end->second);
      if (head.status == 200 && is_pack_too_large()) {
        head.body_start.insert(0, packet_line("\x02" + full_ + "\n"));
      }
      return head;
    }
  }
  throw Error(ErrorKind::internal, "git_failed",
              {"git http-backend ended without an answer.", "git http-backend 未返回响应。"});
}

}  // namespace cloudbrain
