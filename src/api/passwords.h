// Passwords: argon2id hashes (libsodium), and sign-in that slows down guessing.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "api/services.h"
#include "store/users.h"

namespace cloudbrain::api {

std::string hash_password(std::string_view password);
bool check_password(std::string_view password, const std::string& hash);

// The user of this name and password. Throws Error unsigned_in ("sign_in_failed"), which does not
// tell whether the name exists, or busy ("sign_in_slowed") after several wrong tries of one account
// from one address: the owner, from elsewhere, is never locked out.
store::User sign_in(const Services& services, std::string_view name, std::string_view password,
                    std::string_view peer);

// Tries by account and address. Memory only. Safe from any thread.
class SignInThrottle {
 public:
  // Zero: this pair may try now, and says by end() how it went. Else how long it has to wait. After a
  // few wrong tries there is one at a time, so that many at once are not all the first.
  std::chrono::milliseconds begin(const std::string& key, TimePoint now);
  void end(const std::string& key, bool right, TimePoint now);

 private:
  struct Tries {
    int wrong = 0;
    int under_way = 0;
    TimePoint next;
  };
  std::mutex mutex_;
  std::map<std::string, Tries> tries_;
};

}  // namespace cloudbrain::api
