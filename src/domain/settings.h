// What the administrator decides for the whole platform.
#pragma once

#include <cstdint>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "domain/quota.h"

namespace cloudbrain {

enum class SignUp {
  open,        // everyone may make an account
  invitation,  // who has the code of an invitation
  closed,      // the administrator makes the accounts
};
BOOST_DESCRIBE_ENUM(SignUp, open, invitation, closed)

struct PlatformSettings {
  SignUp sign_up = SignUp::closed;
  Quota default_quota;                    // of users without one of their own
  bool import_private_addresses = false;  // may a project be imported from this network itself?
  std::int64_t max_repository_bytes = std::int64_t{2} << 30U;
  std::int64_t max_file_bytes = std::int64_t{100} << 20U;  // of one file in a repository

  bool operator==(const PlatformSettings&) const = default;
};
BOOST_DESCRIBE_STRUCT(PlatformSettings, (),
                      (sign_up, default_quota, import_private_addresses, max_repository_bytes,
                       max_file_bytes))

}  // namespace cloudbrain
