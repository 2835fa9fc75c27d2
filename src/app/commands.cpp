#include "app/commands.h"

#include <cstdlib>

#include "app/doctor.h"
#include "app/serve.h"
#include "cli/session.h"

namespace cloudbrain::app {

namespace {

class ServeCommand final : public cli::Command {
 public:
  ServeCommand() : Command("serve", {"Run the server", "运行服务"}) {}

  void define(cli::Options& options) override {
    options.required("--data", data_, "DIR",
                     {"Directory for everything the server keeps", "服务保存全部数据的目录"});
    options.text("--listen", listen_, "HOST:PORT",
                 {"Where to serve; port 0 takes a free one (127.0.0.1:8080)",
                  "监听地址；端口 0 表示任选空闲端口（127.0.0.1:8080）"});
    options.text("--config", config_, "DIR",
                 {"Where clusters.toml and specs.toml may lie (the data directory)",
                  "clusters.toml 与 specs.toml 所在目录（默认为数据目录）"});
    options.text("--runner", runner_, "PATH",
                 {"The program cloudbrain-runner", "cloudbrain-runner 程序的路径"});
    options.number("--cpus", cpus_, "N",
                   {"Offer N CPU cores to tasks instead of all", "只向任务提供 N 个 CPU 核"});
    options.number("--memory", memory_, "BYTES",
                   {"Offer this much memory to tasks", "只向任务提供这么多内存（字节）"});
    options.number("--task-disk", task_disk_, "BYTES",
                   {"What one task may keep on disk (half of what is free when it starts); 0: all",
                    "单个任务可占用的磁盘（字节，默认为启动时剩余空间的一半）；0 表示不限"});
    options.list("--cdi", cdi_, "DIR",
                 {"Where CDI files of accelerators lie (/etc/cdi, /var/run/cdi); can be repeated",
                  "加速卡 CDI 文件所在目录（/etc/cdi、/var/run/cdi），可重复给出"});
    options.list("--proxy", proxies_, "ADDRESS",
                 {"Another machine's proxy, whose X-Forwarded-For is believed",
                  "其他机器上的代理，信任其 X-Forwarded-For"});
    options.number("--upload-expiry", upload_expiry_, "SECONDS",
                   {"How long an unfinished upload is kept after its last byte (86400)",
                    "未完成的上传在最后一个字节之后保留多久（86400）"});
    options.flag("--verbose", verbose_, {"Log every request", "记录每个请求"});
    options.example("cloudbrain serve --data /var/lib/cloudbrain --listen 127.0.0.1:8080");
  }

  int run(cli::Session& session) override {
    Configuration configuration;
    configuration.data = fs::absolute(data_);
    set_listen(configuration, listen_.value_or("127.0.0.1:8080"));
    if (config_) configuration.config = fs::absolute(*config_);
    if (runner_) configuration.runner = *runner_;
    if (cpus_) configuration.cpus = static_cast<int>(*cpus_);
    configuration.memory_bytes = memory_;
    configuration.task_disk = task_disk_;
    for (const std::string& directory : cdi_) configuration.cdi.push_back(fs::absolute(directory));
    configuration.proxies.insert(configuration.proxies.end(), proxies_.begin(), proxies_.end());
    if (upload_expiry_) configuration.upload_expiry = std::chrono::seconds(*upload_expiry_);
    configuration.verbose = verbose_;
    const std::string_view password = session.surroundings().variable("CLOUDBRAIN_ADMIN_PASSWORD");
    if (!password.empty()) configuration.admin_password = std::string(password);
    ::unsetenv("CLOUDBRAIN_ADMIN_PASSWORD");  // git and whatever else we start need not know it
    return serve(configuration);
  }

 private:
  std::string data_;
  std::optional<std::string> config_, listen_, runner_;
  std::optional<std::int64_t> cpus_, memory_, upload_expiry_, task_disk_;
  std::vector<std::string> proxies_, cdi_;
  bool verbose_ = false;
};

class DoctorCommand final : public cli::Command {
 public:
  DoctorCommand()
      : Command("doctor", {"Say what this machine can do, and how to mend what it lacks",
                           "检查这台机器能做什么，缺什么、怎么补"}) {}

  void define(cli::Options& options) override {
    options.text("--data", data_, "DIR",
                 {"The server's data directory (.)", "服务的数据目录（当前目录）"});
    options.list("--cdi", cdi_, "DIR",
                 {"Where CDI files of accelerators lie (/etc/cdi, /var/run/cdi)",
                  "加速卡 CDI 文件所在目录（/etc/cdi、/var/run/cdi）"});
  }

  int run(cli::Session& session) override {
    std::vector<fs::path> cdi;
    for (const std::string& directory : cdi_) cdi.push_back(fs::absolute(directory));
    return cli::print_findings(session.terminal(), examine(data_.value_or("."), cdi));
  }

 private:
  std::optional<std::string> data_;
  std::vector<std::string> cdi_;
};

}  // namespace

cli::CommandTable server_commands() {
  cli::CommandTable table;
  table.push_back(std::make_unique<ServeCommand>());
  table.push_back(std::make_unique<DoctorCommand>());
  add_user_commands(table);
  return table;
}

}  // namespace cloudbrain::app
