// Which server, and as whom: from flags, variables and the file that `login` writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/files.h"
#include "cli/surroundings.h"

namespace cloudbrain::cli {

// A server that somebody signed in to.
struct SavedLogin {
  std::string server;  // as server_address writes it
  std::string user;
  std::string token;
  std::int64_t token_id = 0;  // so that `logout` can end it
};
BOOST_DESCRIBE_STRUCT(SavedLogin, (), (server, user, token, token_id))

// credentials.json in the configuration folder, readable by its owner alone. One entry a server;
// `current` is the one used where none is named.
struct SavedLogins {
  std::string current;
  std::vector<SavedLogin> logins;

  const SavedLogin* find(std::string_view server) const;
  void put(SavedLogin login);  // and makes it the current one
  void drop(std::string_view server);
};
BOOST_DESCRIBE_STRUCT(SavedLogins, (), (current, logins))

fs::path credentials_file(const Surroundings& surroundings);
// Empty where there is no file. Throws Error naming a file that cannot be read.
SavedLogins load_logins(const fs::path& file);
void save_logins(const fs::path& file, const SavedLogins& logins);

struct Account {
  std::string server;
  std::string token;  // empty: signed out
  std::string user;   // known only for a saved login
};

// Flags win over CLOUDBRAIN_SERVER and CLOUDBRAIN_TOKEN, these over the file, that over
// http://127.0.0.1:8080. A saved token is used only for the server that gave it.
// Throws a usage error for a server that is no address.
Account choose_account(const std::optional<std::string>& server_flag,
                       const std::optional<std::string>& token_flag,
                       const Surroundings& surroundings);

}  // namespace cloudbrain::cli
