#include "api/people/passwords.h"

#include <array>

#include <sodium.h>

#include "domain/names.h"

namespace cloudbrain::api {

std::string hash_password(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  // OWASP's argon2id floor for interactive sign-in: 19 MiB, two passes.
  constexpr std::size_t kMemory = 19U << 20U;
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), 2, kMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw Error(ErrorKind::unavailable, "no_memory",
                {"Not enough memory to hash a password.", "内存不足，无法处理密码。"});
  }
  return hash.data();
}

bool check_password(std::string_view password, const std::string& hash) {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool is_password_of(const Services& services, std::string_view name,
                    const std::optional<store::User>& user, std::string_view password,
                    std::string_view peer) {
  // A name that does not exist costs the same time as a wrong password.
  static const std::string decoy = hash_password("no such user");
  const std::string account = lower_case(name);
  const auto wait = std::chrono::ceil<std::chrono::seconds>(
      services.throttle.begin(account, peer, services.clock.now()));
  if (wait.count() > 0) {
    throw Error(ErrorKind::busy, "sign_in_slowed",
                {fmt::format("Too many wrong passwords; try again in {} s.", wait.count()),
                 fmt::format("密码错误次数过多，请在 {} 秒后重试。", wait.count())});
  }
  const bool right =
      check_password(password, user ? user->password_hash : decoy) && user && !user->disabled;
  services.throttle.end(account, peer, right, services.clock.now());
  return right;
}

store::User sign_in(const Services& services, std::string_view name, std::string_view password,
                    std::string_view peer) {
  std::optional<store::User> user = store::Users(services.database).find(name);
  if (!is_password_of(services, name, user, password, peer)) {
    throw Error(ErrorKind::unsigned_in, "sign_in_failed",
                {"The name or the password is wrong.", "用户名或密码错误。"});
  }
  return *std::move(user);
}

}  // namespace cloudbrain::api
