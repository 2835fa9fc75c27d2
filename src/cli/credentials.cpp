#include "cli/credentials.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "cli/exit_codes.h"
#include "cli/net/http_client.h"

namespace cloudbrain::cli {

namespace {

constexpr std::string_view kDefaultServer = "http://127.0.0.1:8080";

std::string checked_address(std::string_view where, std::string_view text) {
  const std::optional<std::string> address = server_address(text);
  if (address) return *address;
  throw usage_error({fmt::format("{} \"{}\" is not the address of a server.", where, text),
                     fmt::format("{} \"{}\" 不是有效的服务器地址。", where, text)},
                    {"Write it as http://HOST:PORT or https://HOST.",
                     "请写成 http://主机:端口 或 https://主机。"});
}

}  // namespace

const SavedLogin* SavedLogins::find(std::string_view server) const {
  const auto found = std::find_if(logins.begin(), logins.end(),
                                  [&](const SavedLogin& login) { return login.server == server; });
  return found == logins.end() ? nullptr : &*found;
}

void SavedLogins::put(SavedLogin login) {
  drop(login.server);
  current = login.server;
  logins.push_back(std::move(login));
}

void SavedLogins::drop(std::string_view server) {
  std::erase_if(logins, [&](const SavedLogin& login) { return login.server == server; });
  if (current == server) current = logins.empty() ? "" : logins.back().server;
}

fs::path credentials_file(const Surroundings& surroundings) {
  return surroundings.configuration_folder() / "credentials.json";
}

SavedLogins load_logins(const fs::path& file) {
  const std::optional<std::string> text = try_read_file(file);
  if (!text) return {};
  try {
    return from_json<SavedLogins>(parse_json(*text), UnknownMembers::ignore);
  } catch (const Error& error) {
    throw Error(ErrorKind::malformed, "credentials_unreadable",
                {fmt::format("{} cannot be read: {}", file.string(), error.message().en),
                 fmt::format("无法读取 {}：{}", file.string(), error.message().zh)},
                {"Delete it and sign in again with `cloudbrain login`.",
                 "请删除该文件，然后用 `cloudbrain login` 重新登录。"});
  }
}

void save_logins(const fs::path& file, const SavedLogins& logins) {
  make_directories(file.parent_path());
  write_file_atomic(file, to_text(to_json(logins)) + "\n", Durable::no, 0600);
}

Account choose_account(const std::optional<std::string>& server_flag,
                       const std::optional<std::string>& token_flag,
                       const Surroundings& surroundings) {
  const SavedLogins saved = load_logins(credentials_file(surroundings));
  const std::string_view server_variable = surroundings.variable("CLOUDBRAIN_SERVER");
  const std::string_view token_variable = surroundings.variable("CLOUDBRAIN_TOKEN");

  Account account;
  if (server_flag) {
    account.server = checked_address("--server", *server_flag);
  } else if (!server_variable.empty()) {
    account.server = checked_address("CLOUDBRAIN_SERVER", server_variable);
  } else {
    account.server = saved.current.empty() ? kDefaultServer : saved.current;
  }
  if (token_flag) {
    account.token = *token_flag;
  } else if (!token_variable.empty()) {
    account.token = token_variable;
  } else if (const SavedLogin* login = saved.find(account.server)) {
    account.token = login->token;
    account.user = login->user;
  }
  return account;
}

}  // namespace cloudbrain::cli
