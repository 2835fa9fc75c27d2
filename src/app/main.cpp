// The one program: `cloudbrain serve` is the server, every other command is a client of its API.
#include <cstdlib>

#include "app/serve.h"
#include "cli/cli.h"

namespace cloudbrain::app {

namespace {

class Serve final : public cli::Command {
 public:
  Serve() : Command("serve", {"Run the server", "运行服务器"}) {}

  void define(cli::Options& options) override {
    options.required("--data", data_, "DIR", {"Everything the server keeps", "服务器的数据目录"});
    options.text("--listen", listen_, "HOST:PORT",
                 {"127.0.0.1:8080; port 0 takes a free one",
                  "默认 127.0.0.1:8080，端口 0 表示任选空闲端口"});
    options.text("--runner", runner_, "FILE",
                 {"cloudbrain-runner, where it lies elsewhere", "cloudbrain-runner 的路径"});
    options.number("--cpus", cpus_, "N",
                   {"Offer tasks so many cores instead of all", "提供给任务的 CPU 核数，默认全部"});
    options.number("--memory", memory_, "BYTES",
                   {"Offer tasks so much memory", "提供给任务的内存字节数"});
    options.flag("--verbose", verbose_, {"Log every request", "记录每个请求"});
    options.example("cloudbrain serve --data /var/lib/cloudbrain --listen 127.0.0.1:8080");
  }

  int run(cli::Session& session) override {
    Configuration configuration;
    configuration.data = data_;
    if (runner_) configuration.runner = *runner_;
    if (cpus_) configuration.cpus = static_cast<int>(*cpus_);
    if (memory_) configuration.memory_bytes = *memory_;
    configuration.verbose = verbose_;
    const std::string_view password = session.surroundings().variable("CLOUDBRAIN_ADMIN_PASSWORD");
    if (!password.empty()) configuration.admin_password = std::string(password);
    set_listen(configuration, listen_.value_or("127.0.0.1:8080"));
    return serve(configuration);
  }

 private:
  std::string data_;
  std::optional<std::string> listen_;
  std::optional<std::string> runner_;
  std::optional<std::int64_t> cpus_;
  std::optional<std::int64_t> memory_;
  bool verbose_ = false;
};

}  // namespace

}  // namespace cloudbrain::app

int main(int argc, char** argv) {
  using namespace cloudbrain;
  cli::CommandTable local;
  local.push_back(std::make_unique<app::Serve>());
  return cli::run_program(argc, argv, std::move(local));
}
