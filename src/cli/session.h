// What a running command works with: the terminal, the account, the server.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/credentials.h"
#include "cli/net/api.h"
#include "cli/screen/terminal.h"
#include "cli/surroundings.h"

namespace cloudbrain::cli {

// Flags that every command takes.
struct GlobalOptions {
  bool json = false;
  std::optional<std::string> server;
  std::optional<std::string> token;
};

// One for each run of the program. The account is chosen and the connection made when first asked
// for: a command that needs no server never looks for one.
class Session {
 public:
  Session(const Surroundings& surroundings, Terminal& terminal, GlobalOptions options)
      : surroundings_(surroundings), terminal_(terminal), options_(std::move(options)) {}

  const Surroundings& surroundings() const { return surroundings_; }
  const GlobalOptions& options() const { return options_; }
  Terminal& terminal() { return terminal_; }
  const Account& account();
  Api& api();

  // "/api/v2/projects/OWNER/NAME". A name without owner is one of the user's own. Throws a usage
  // error for what is neither.
  Path project_path(std::string_view project);
  // "OWNER/NAME" of the same.
  std::string project_name(std::string_view project);
  // "/api/v2/tasks/ID" for a number; "OWNER/NAME/TASK" and "OWNER/NAME/TASK@V0002" are looked up,
  // the newest version where none is named.
  Path task_path(const std::string& task) { return Path{"tasks", std::to_string(task_id(task))}; }
  std::int64_t task_id(const std::string& task);

 private:
  std::string user_name();

  const Surroundings& surroundings_;
  Terminal& terminal_;
  GlobalOptions options_;
  std::optional<Account> account_;
  std::optional<Api> api_;
};

}  // namespace cloudbrain::cli
