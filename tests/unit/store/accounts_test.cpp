#include <thread>

#include "rows.h"

namespace cloudbrain::store {
namespace {

TEST_F(StoreTest, AUserIsFoundByIdAndByNameInAnyCase) {
  const User eve{{}, "Eve_1", "$argon2id$…", true, true, at(5)};
  const UserId id = users_.create(eve);

  User expected = eve;
  expected.id = id;
  EXPECT_EQ(users_.find(id), expected);
  EXPECT_EQ(users_.find("eVE_1"), expected);
  EXPECT_FALSE(users_.find("eve"));
  EXPECT_EQ(users_.count(), 2);
}

TEST_F(StoreTest, AUserNameInUseIsRefusedInAnyCase) {
  EXPECT_EQ(error_code([&] { users_.create({.name = "ADA", .created_at = at(0)}); }),
            "name_in_use");
  EXPECT_EQ(users_.count(), 1);
}

TEST_F(StoreTest, OfTwoThreadsThatTakeOneNameOneWins) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> won{0};
    std::atomic<int> refused{0};
    const auto take = [&] {
      const std::string code = error_code(
          [&] { users_.create({.name = fmt::format("user{}", round), .created_at = at(0)}); });
      ++(code.empty() ? won : refused);
    };
    {
      const std::jthread first(take);
      const std::jthread second(take);
    }
    EXPECT_EQ(won, 1);
    EXPECT_EQ(refused, 1);
  }
}

TEST_F(StoreTest, APasswordIsReplaced) {
  EXPECT_TRUE(users_.set_password(ada_, "new"));
  EXPECT_EQ(users_.find(ada_)->password_hash, "new");
  EXPECT_FALSE(users_.set_password(UserId{99}, "new"));
}

TEST_F(StoreTest, ASessionIsFoundUntilItExpires) {
  const Session session{"hash", ada_, at(0), at(100), at(0)};
  sessions_.create(session);
  EXPECT_EQ(sessions_.find("hash", at(99)), session);
  EXPECT_FALSE(sessions_.find("hash", at(100)));
  EXPECT_FALSE(sessions_.find("other", at(1)));
}

TEST_F(StoreTest, ASessionNotesItsUseByTheMinute) {
  sessions_.create({"hash", ada_, at(0), at(1000), at(0)});
  sessions_.touch(*sessions_.find("hash", at(1)), at(59));
  EXPECT_EQ(sessions_.find("hash", at(1))->last_used_at, at(0));
  sessions_.touch(*sessions_.find("hash", at(1)), at(60));
  EXPECT_EQ(sessions_.find("hash", at(1))->last_used_at, at(60));
}

TEST_F(StoreTest, SessionsAreRemovedByOneByUserAndByAge) {
  sessions_.create({"a", ada_, at(0), at(10), at(0)});
  sessions_.create({"b", ada_, at(0), at(20), at(0)});
  sessions_.create({"c", ada_, at(0), at(30), at(0)});
  EXPECT_EQ(sessions_.remove_expired(at(10)), 1);
  EXPECT_TRUE(sessions_.remove("b"));
  EXPECT_FALSE(sessions_.remove("b"));
  EXPECT_EQ(sessions_.remove_all(ada_), 1);
}

TEST_F(StoreTest, ATokenKeepsItsScopesAndMayNeverExpire) {
  AccessToken token{{}, ada_, "laptop", "hash", {"read", "task"}, at(0), {}, {}};
  token.id = tokens_.create(token);
  EXPECT_EQ(tokens_.find("hash", at(1'000'000'000)), token);
  EXPECT_EQ(tokens_.list(ada_), std::vector{token});

  tokens_.touch(token, at(7));
  EXPECT_EQ(tokens_.find("hash", at(8))->last_used_at, at(7));
}

TEST_F(StoreTest, AnExpiredTokenIsListedButNotFound) {
  tokens_.create({{}, ada_, "old", "hash", {}, at(0), at(5), {}});
  EXPECT_TRUE(tokens_.find("hash", at(4)));
  EXPECT_FALSE(tokens_.find("hash", at(5)));
  EXPECT_EQ(tokens_.list(ada_).size(), 1U);
}

TEST_F(StoreTest, ATokenIsRemovedByItsOwnerAlone) {
  const UserId eve = users_.create({.name = "eve", .created_at = at(0)});
  const TokenId id = tokens_.create({{}, ada_, "t", "hash", {}, at(0), {}, {}});
  EXPECT_FALSE(tokens_.remove(eve, id));
  EXPECT_TRUE(tokens_.remove(ada_, id));
  EXPECT_FALSE(tokens_.find("hash", at(0)));
}

}  // namespace
}  // namespace cloudbrain::store
