#include "app/configuration.h"

#include <charconv>

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain::app {

void set_listen(Configuration& configuration, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string_view address = text.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  unsigned number = 0;
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool is_port =
      parsed.ec == std::errc{} && parsed.ptr == port.data() + port.size() && number <= 65535;
  if (!is_port) {
    throw Error(
        ErrorKind::invalid, "listen_address",
        {fmt::format("\"{}\" is no address to listen on; write HOST:PORT, such as 127.0.0.1:8080.",
                     text),
         fmt::format("“{}”不是监听地址；格式为 HOST:PORT，例如 127.0.0.1:8080。", text)});
  }
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  if (address == "localhost") address = "127.0.0.1";
  configuration.address = address.empty() ? "0.0.0.0" : std::string(address);
  configuration.port = static_cast<std::uint16_t>(number);
}

fs::path find_runner(const Configuration& configuration) {
  if (!configuration.runner.empty() && fs::exists(configuration.runner))
    return configuration.runner;
  std::error_code ignored;
  const fs::path beside =
      fs::read_symlink("/proc/self/exe", ignored).parent_path() / "cloudbrain-runner";
  const fs::path packaged = "/usr/lib/cloudbrain/cloudbrain-runner";
  for (const fs::path& candidate : {beside, packaged}) {
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  throw Error(ErrorKind::missing, "runner_missing",
              {fmt::format("cloudbrain-runner was not found: neither {} nor {}.", beside.native(),
                           packaged.native()),
               fmt::format("找不到 cloudbrain-runner：{} 与 {} 均不存在。", beside.native(),
                           packaged.native())},
              {"Build it (cmake --build --preset release) or name it by --runner.",
               "请先构建（cmake --build --preset release），或用 --runner 指定。"});
}

}  // namespace cloudbrain::app
