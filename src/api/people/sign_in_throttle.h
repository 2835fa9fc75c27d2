// Slows down the guessing of passwords.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace cloudbrain::api {

// Wrong tries are counted for each account from each address, for each address, and for each
// account. Each count has a few free tries and then a wait that doubles up to a longest, and it
// shrinks with time: nobody is locked out for good. Who has signed in to an account from an address
// before waits there for the first count alone: guesses from elsewhere, or of other people behind
// the same proxy, are no hindrance.
//
// Memory only. Safe from any thread.
class SignInThrottle {
 public:
  // Zero: a try may be made now, and end() says how it went. Else how long to wait. After the free
  // tries there is one at a time, so that many at once are not all the first.
  std::chrono::milliseconds begin(std::string_view account, std::string_view peer, TimePoint now);
  void end(std::string_view account, std::string_view peer, bool right, TimePoint now);

 private:
  struct Rule {
    int free_tries;
    std::chrono::seconds longest_wait;
    std::chrono::seconds forgets_one_in;  // each of these makes the count one smaller
  };
  struct Tries {
    int wrong = 0;
    int under_way = 0;
    TimePoint counted;  // when `wrong` was last brought up to date
    TimePoint next;
  };
  struct Key {
    std::string text;
    const Rule* rule;
  };
  static const Rule kPair, kAddress, kAccount;

  static std::vector<Key> keys_of(std::string_view account, std::string_view address);
  bool is_exempt(const Key& pair, const Key& key) const;
  Tries& tries_at(const Key& key, TimePoint now);
  static void count_wrong(Tries& tries, const Rule& rule, TimePoint now);
  void make_room(TimePoint now);

  std::mutex mutex_;
  std::map<std::string, Tries> tries_;
  std::set<std::string> known_;  // keys of pairs that were right once
};

// The part of an address that one person has: all of IPv4, the first 64 bits of IPv6.
std::string network_of(std::string_view address);

}  // namespace cloudbrain::api
