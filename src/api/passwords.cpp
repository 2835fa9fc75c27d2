#include "api/passwords.h"

#include <array>

#include <sodium.h>

#include "domain/names.h"

namespace cloudbrain::api {

namespace {

constexpr int kFreeTries = 5;
constexpr std::size_t kMostKept = 10'000;

}  // namespace

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

std::chrono::milliseconds SignInThrottle::begin(const std::string& key, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (tries_.size() > kMostKept) tries_.clear();
  Tries& tries = tries_[key];
  if (tries.next > now) return tries.next - now;
  if (tries.wrong >= kFreeTries && tries.under_way > 0) return std::chrono::seconds{1};
  ++tries.under_way;
  return std::chrono::milliseconds{0};
}

void SignInThrottle::end(const std::string& key, bool right, TimePoint now) {
  const std::lock_guard lock(mutex_);
  Tries& tries = tries_[key];
  tries.under_way = std::max(0, tries.under_way - 1);
  tries.wrong = right ? 0 : tries.wrong + 1;
  const int doublings = std::min(std::max(0, tries.wrong - kFreeTries), 8);
  tries.next = tries.wrong < kFreeTries ? now : now + std::chrono::seconds(1LL << doublings);
  if (right && tries.under_way == 0) tries_.erase(key);
}

store::User sign_in(const Services& services, std::string_view name, std::string_view password,
                    std::string_view peer) {
  const std::optional<store::User> user = store::Users(services.database).find(name);
  // A name that does not exist costs the same time as a wrong password.
  static const std::string decoy = hash_password("no such user");
  const std::string key = lower_case(name) + "\n" + std::string(peer);
  const auto wait =
      std::chrono::ceil<std::chrono::seconds>(services.throttle.begin(key, services.clock.now()));
  if (wait.count() > 0) {
    throw Error(ErrorKind::busy, "sign_in_slowed",
                {fmt::format("Too many wrong passwords; try again in {} s.", wait.count()),
                 fmt::format("密码错误次数过多，请在 {} 秒后重试。", wait.count())});
  }
  const bool right = check_password(password, user ? user->password_hash : decoy) && user && !user->disabled;
  services.throttle.end(key, right, services.clock.now());
  if (!right) {
    throw Error(ErrorKind::unsigned_in, "sign_in_failed",
                {"The name or the password is wrong.", "用户名或密码错误。"});
  }
  return *user;
}

}  // namespace cloudbrain::api
