// Passwords: argon2id hashes (libsodium), and who has the right one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/people/sign_in_throttle.h"
#include "api/services.h"
#include "store/users.h"

namespace cloudbrain::api {

std::string hash_password(std::string_view password);
bool check_password(std::string_view password, const std::string& hash);

// The user of this name and password. Throws Error unsigned_in ("sign_in_failed"), which does not
// tell whether the name exists, or what is_password_of throws.
store::User sign_in(const Services& services, std::string_view name, std::string_view password,
                    std::string_view peer);

// Whether `user`, found under this name or not, is let in by `password`; takes as long for nobody.
// Throws Error busy ("sign_in_slowed") after too many wrong tries.
bool is_password_of(const Services& services, std::string_view name,
                    const std::optional<store::User>& user, std::string_view password,
                    std::string_view peer);

}  // namespace cloudbrain::api
