#include "api/people/sign_in_throttle.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace cloudbrain::api {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kMostKept = 10'000;

}  // namespace

const SignInThrottle::Rule SignInThrottle::kPair{5, seconds{256}, minutes{5}};
const SignInThrottle::Rule SignInThrottle::kAddress{30, seconds{32}, minutes{1}};
const SignInThrottle::Rule SignInThrottle::kAccount{50, seconds{4}, minutes{1}};

std::string network_of(std::string_view address) {
  std::array<unsigned char, 16> bytes{};
  std::string text(address);
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  // ::ffff:1.2.3.4 is IPv4 (RFC 4291): its person is in the last bytes.
  constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) return text;
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  std::array<char, INET6_ADDRSTRLEN> network{};
  ::inet_ntop(AF_INET6, bytes.data(), network.data(), network.size());
  return network.data();
}

// The pair comes first. The account is what a stranger typed, of any length.
std::vector<SignInThrottle::Key> SignInThrottle::keys_of(std::string_view account,
                                                         std::string_view peer) {
  constexpr std::size_t kLongestName = 64;
  const std::string name(account.substr(0, kLongestName));
  const std::string address = network_of(peer);
  return {{"pair " + name + "\n" + address, &kPair},
          {"address " + address, &kAddress},
          {"account " + name, &kAccount}};
}

bool SignInThrottle::is_exempt(const Key& pair, const Key& key) const {
  return key.rule != &kPair && known_.contains(pair.text);
}

SignInThrottle::Tries& SignInThrottle::tries_at(const Key& key, TimePoint now) {
  Tries& tries = tries_[key.text];
  if (tries.wrong == 0) tries.counted = now;
  const auto forgotten = (now - tries.counted) / key.rule->forgets_one_in;
  if (forgotten > 0) {
    tries.wrong = static_cast<int>(std::max<std::int64_t>(0, tries.wrong - forgotten));
    tries.counted += forgotten * key.rule->forgets_one_in;
  }
  return tries;
}

std::chrono::milliseconds SignInThrottle::begin(std::string_view account, std::string_view peer,
                                                TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (tries_.size() > kMostKept) make_room(now);
  const std::vector<Key> keys = keys_of(account, peer);
  for (const Key& key : keys) {
    if (is_exempt(keys.front(), key)) continue;
    const Tries& tries = tries_at(key, now);
    if (tries.next > now) return tries.next - now;
    if (tries.wrong >= key.rule->free_tries && tries.under_way > 0) return seconds{1};
  }
  for (const Key& key : keys) ++tries_at(key, now).under_way;
  return std::chrono::milliseconds{0};
}

void SignInThrottle::end(std::string_view account, std::string_view peer, bool right,
                         TimePoint now) {
  const std::lock_guard lock(mutex_);
  const std::vector<Key> keys = keys_of(account, peer);
  for (const Key& key : keys) {
    Tries& tries = tries_at(key, now);
    tries.under_way = std::max(0, tries.under_way - 1);
    // The password of one's own account does not pay for guesses at others: only the pair starts
    // again.
    if (right && key.rule == &kPair) tries.wrong = 0;
    if (!right) count_wrong(tries, *key.rule, now);
    if (tries.wrong == 0 && tries.under_way == 0) tries_.erase(key.text);
  }
  if (!right) return;
  if (known_.size() >= kMostKept) known_.clear();
  known_.insert(keys.front().text);
}

void SignInThrottle::count_wrong(Tries& tries, const Rule& rule, TimePoint now) {
  ++tries.wrong;
  if (tries.wrong < rule.free_tries) return;
  const int doublings = std::min(tries.wrong - rule.free_tries, 8);
  tries.next = now + std::min(seconds{1LL << doublings}, rule.longest_wait);
}

// Names that nobody has cost an attacker nothing, so they must not push out the counts that matter:
// the smallest go first.
void SignInThrottle::make_room(TimePoint now) {
  const auto drop = [&](int at_most) {
    std::erase_if(tries_, [&](const auto& entry) {
      const Tries& tries = entry.second;
      return tries.under_way == 0 && tries.next <= now && tries.wrong <= at_most;
    });
  };
  for (int wrong = 1; tries_.size() > kMostKept / 2 && wrong < (1 << 16); wrong *= 2) drop(wrong);
}

}  // namespace cloudbrain::api
