// git smart HTTP: clone, fetch, push. The password is an access token or the account's own.
#include <unistd.h>

#include "api/code_call.h"
#include "api/routes.h"
#include "git/hosting/smart_http.h"

namespace cloudbrain::api {

namespace {

GitRequest git_request(const Call& call, std::string path) {
  const http::Request& request = call.request;
  GitRequest git;
  git.method = request.method;
  git.path = std::move(path);
  if (const auto service = request.query("service")) git.query = "service=" + std::string(*service);
  git.content_type = request.header("Content-Type").value_or("");
  git.content_encoding = request.header("Content-Encoding").value_or("");
  git.git_protocol = request.header("Git-Protocol").value_or("");
  git.content_length = request.content_length;
  git.user = call.caller.user ? call.caller.user->name : "";
  git.chinese = request.wants_chinese();  // git sends Accept-Language
  return git;
}

// Reading needs what reading the project needs (the guard saw to that); pushing needs a writer.
void check_service(const Call& call, const GitRequest& git) {
  const std::optional<GitService> service = git_service(git);
  if (!service) {
    throw Error(
        ErrorKind::missing, "git_request",
        {"This is not a request of git's smart HTTP protocol.", "不是 git 智能 HTTP 协议的请求。"});
  }
  if (*service == GitService::fetch) return;
  if (!call.caller.user) {
    throw Error(ErrorKind::unsigned_in, "not_signed_in",
                {"Pushing needs a user name and an access token.", "推送需要用户名和访问令牌。"});
  }
  if (call.role < Role::writer || !call.caller.has(Scope::write)) {
    throw Error(ErrorKind::denied, "not_allowed",
                {"You may not push to this project.", "您无权推送到该项目。"});
  }
}

http::Response respond(GitExchange exchange) {
  exchange.end_body();
  GitResponseHead head = exchange.read_head();
  http::Response response = http::Response::stream(nullptr, "");
  response.status = head.status;
  response.headers = {};
  for (const auto& [name, value] : head.headers) response.headers.add(name, value);

  // Sends git's answer as it comes; a reader that goes away ends git.
  class GitSource final : public http::Source {
   public:
    GitSource(GitExchange exchange, std::string beginning)
        : exchange_(std::move(exchange)), beginning_(std::move(beginning)) {}
    Step read(std::string& out) override {
      if (!beginning_.empty()) {
        out += std::exchange(beginning_, {});
        return Step::more;
      }
      const std::size_t old_size = out.size();
      constexpr std::size_t kPiece = 64U << 10U;
      out.resize(old_size + kPiece);
      const ssize_t count = ::read(exchange_.output().get(), out.data() + old_size, kPiece);
      if (count < 0 && errno != EINTR) throw_errno("read", "git http-backend");
      out.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(0, count)));
      return count == 0 ? Step::end : Step::more;
    }

   private:
    GitExchange exchange_;
    std::string beginning_;
  };
  response.body =
      http::Stream{std::make_unique<GitSource>(std::move(exchange), std::move(head.body_start)),
                   std::nullopt, false};
  return response;
}

// A push or a fetch request: the body goes to git as it arrives.
class GitSink final : public http::Sink {
 public:
  explicit GitSink(GitExchange exchange) : exchange_(std::move(exchange)) {}
  void write(std::span<const char> bytes) override { exchange_.write(bytes); }
  http::Response finish() override { return respond(std::move(exchange_)); }

 private:
  GitExchange exchange_;
};

GitExchange start(const Call& call, std::string path) {
  const GitRequest git = git_request(call, std::move(path));
  check_service(call, git);
  const bool push = git_service(git) == GitService::push;
  if (push && git.method == "POST") call.services.upkeep.note_change(call.project->id);
  return call.services.git.start(call.project->id, git, push ? limits_of(call) : GitLimits{});
}

Operation with_basic(Operation operation) {
  operation.challenge = "Basic realm=\"cloudbrain\", charset=\"UTF-8\"";
  return operation;
}

}  // namespace

void add_git_routes(Operations& operations) {
  operations.push_back(
      with_basic(responds({"GET", "/{owner}/{name}.git/info/refs", Right::read_repository,
                           Scope::read, "git: what there is"},
                          "application/x-git-upload-pack-advertisement",
                          [](Call& call) { return respond(start(call, "/info/refs")); })));
  for (const std::string service : {"git-upload-pack", "git-receive-pack"}) {
    operations.push_back(with_basic(receives(
        {"POST", "/{owner}/{name}.git/" + service, Right::read_repository, Scope::read,
         "git: " + service},
        [service](Call& call) { return std::make_unique<GitSink>(start(call, "/" + service)); })));
  }
}

}  // namespace cloudbrain::api
