#include <thread>

#include "rows.h"
#include "store/people/invitations.h"
#include "store/quotas.h"
#include "store/settings.h"

namespace cloudbrain::store {
namespace {

class PeopleTest : public StoreTest {
 protected:
  User some(std::string name) { return {.name = std::move(name), .created_at = at(0)}; }
  UserId administrator(std::string name) {
    User user = some(std::move(name));
    user.is_admin = true;
    return users_.create(user);
  }

  Invitations invitations_{database_};
  Settings settings_{database_};
  Quotas quotas_{database_};
};

TEST_F(PeopleTest, AUserIsReadAsWritten) {
  User user = some("Bob");
  user.email = "bob@example.com";
  user.last_seen_at = at(5);
  user.quota = Quota{.tasks_train = 3, .accelerators = 0};
  user.id = users_.create(user);
  EXPECT_EQ(users_.find("BOB"), user);
}

TEST_F(PeopleTest, AChangeLeavesWhatItDoesNotName) {
  const UserId root = administrator("root");
  users_.change(root, {.email = "root@example.com"});
  users_.change(root, {.quota = std::optional(Quota{.tasks_train = 1})});
  const User user = users_.find(root).value();
  EXPECT_TRUE(user.is_admin);
  EXPECT_EQ(user.email, "root@example.com");
  EXPECT_EQ(user.quota, (Quota{.tasks_train = 1}));
  users_.change(root, {.quota = std::optional<Quota>{}});
  EXPECT_FALSE(users_.find(root)->quota);
  EXPECT_FALSE(users_.change(UserId{99}, {.email = "x"}));
}

TEST_F(PeopleTest, TheLastAdministratorIsNeitherDisabledNorDemoted) {
  const UserId root = administrator("root");
  EXPECT_EQ(error_code([&] { users_.change(root, {.disabled = true}); }), "last_administrator");
  EXPECT_EQ(error_code([&] { users_.change(root, {.is_admin = false}); }), "last_administrator");
  EXPECT_TRUE(users_.find(root)->is_admin);
  const UserId other = administrator("other");
  users_.change(other, {.disabled = true});
  EXPECT_EQ(error_code([&] { users_.change(root, {.disabled = true}); }), "last_administrator")
      << "one who is disabled can't help";
  users_.change(other, {.disabled = false});
  EXPECT_TRUE(users_.change(root, {.is_admin = false}));
  EXPECT_TRUE(users_.change(ada_, {.disabled = true})) << "who never was one";
}

TEST_F(PeopleTest, OfTwoAdministratorsWhoAreDemotedAtOnceOneStays) {
  const UserId first = administrator("first");
  const UserId second = administrator("second");
  for (int round = 0; round < 20; ++round) {
    users_.change(first, {.is_admin = true});
    users_.change(second, {.is_admin = true});
    const auto demote = [&](UserId id) {
      error_code([&] { users_.change(id, {.is_admin = false}); });
    };
    {
      const std::jthread one(demote, first);
      const std::jthread two(demote, second);
    }
    EXPECT_NE(users_.find(first)->is_admin, users_.find(second)->is_admin);
  }
}

TEST_F(PeopleTest, ANewPasswordOrBeingDisabledEndsSessions) {
  const auto sign_in = [&](const std::string& hash) {
    sessions_.create({hash, ada_, at(0), at(100), at(0)});
  };
  const auto is_in = [&](const std::string& hash) {
    return sessions_.find(hash, at(1)).has_value();
  };
  sign_in("a");
  users_.change(ada_, {.email = "a@b.example"});
  EXPECT_TRUE(is_in("a"));
  users_.change(ada_, {.password_hash = "new"});
  EXPECT_FALSE(is_in("a"));
  sign_in("b");
  users_.change(ada_, {.disabled = true});
  EXPECT_FALSE(is_in("b"));
  sign_in("c");
  sign_in("d");
  users_.set_password(ada_, "newer", "c");
  EXPECT_TRUE(is_in("c"));
  EXPECT_FALSE(is_in("d"));
}

TEST_F(PeopleTest, UsersAreFoundByAnyPartOfNameAndAddress) {
  users_.create(some("Linus"));
  User user = some("grace");
  user.email = "Grace.Hopper@navy.example";
  users_.create(user);
  const auto names = [&](std::string_view search, Page page = {}) {
    std::string all;
    for (const User& found : users_.list(search, page)) all += found.name + " ";
    return all;
  };
  EXPECT_EQ(names(""), "grace Linus ada ");
  EXPECT_EQ(names("LIN"), "Linus ");
  EXPECT_EQ(names("hopper@NAVY"), "grace ");
  EXPECT_EQ(names("_"), "");
  EXPECT_EQ(names("", {.limit = 2}), "grace Linus ");
  EXPECT_EQ(names("", {.after = users_.find("linus")->id.value, .limit = 2}), "ada ");
}

TEST_F(PeopleTest, ASessionEndsByLyingIdle) {
  const auto idle = std::chrono::duration_cast<std::chrono::seconds>(Sessions::kIdle).count();
  const int end = static_cast<int>(idle);
  sessions_.create({"hash", ada_, at(0), at(10 * end), at(0)});
  EXPECT_TRUE(sessions_.find("hash", at(end - 1)));
  EXPECT_FALSE(sessions_.find("hash", at(end)));
  sessions_.touch(*sessions_.find("hash", at(end - 1)), at(end - 1));
  EXPECT_TRUE(sessions_.find("hash", at(end)));
  EXPECT_EQ(sessions_.remove_expired(at(end)), 0);
  EXPECT_EQ(sessions_.remove_expired(at(2 * end)), 1);
}

TEST_F(PeopleTest, AnInvitationLetsInAsManyAsItSays) {
  Invitation invitation{{}, "hash", "note", 2, ada_, "ada", at(0), at(100)};
  invitation.id = invitations_.create(invitation);
  EXPECT_EQ(invitations_.list(), std::vector{invitation});
  EXPECT_TRUE(invitations_.is_open("hash", at(99)));
  EXPECT_FALSE(invitations_.is_open("hash", at(100)));
  EXPECT_FALSE(invitations_.accept("hash", some("late"), at(100)));
  EXPECT_TRUE(invitations_.accept("hash", some("one"), at(1)));
  EXPECT_EQ(error_code([&] { invitations_.accept("hash", some("one"), at(1)); }), "name_in_use");
  EXPECT_EQ(invitations_.list().front().uses_left, 1) << "who could not be made used nothing";
  EXPECT_TRUE(invitations_.accept("hash", some("two"), at(1)));
  EXPECT_FALSE(invitations_.accept("hash", some("three"), at(1)));
  EXPECT_FALSE(users_.find("three"));
  EXPECT_TRUE(invitations_.remove(invitation.id));
  EXPECT_FALSE(invitations_.remove(invitation.id));
}

TEST_F(PeopleTest, SettingsHaveDefaultsAndAreChangedWhole) {
  EXPECT_EQ(settings_.get(), PlatformSettings{});
  EXPECT_EQ(settings_.get().sign_up, SignUp::closed);
  settings_.change([](PlatformSettings& settings) { settings.sign_up = SignUp::open; });
  settings_.change([](PlatformSettings& settings) { settings.max_file_bytes = 5; });
  EXPECT_EQ(settings_.get().sign_up, SignUp::open);
  EXPECT_EQ(settings_.get().max_file_bytes, 5);
  EXPECT_THROW(settings_.change([](PlatformSettings& settings) {
    settings.max_file_bytes = 6;
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(settings_.get().max_file_bytes, 5);
}

TEST_F(PeopleTest, TheQuotaIsTheUsersOwnElseTheDefault) {
  EXPECT_EQ(quotas_.of(ada_), Quota{});
  settings_.change([](PlatformSettings& s) { s.default_quota = Quota{.tasks_train = 7}; });
  EXPECT_EQ(quotas_.of(ada_), (Quota{.tasks_train = 7}));
  users_.change(ada_, {.quota = std::optional(Quota{.accelerators = 1})});
  EXPECT_EQ(quotas_.of(ada_), (Quota{.accelerators = 1}));
}

TEST_F(PeopleTest, OnlyTasksThatHaveNotEndedCount) {
  const TaskId first = tasks_.insert(task("first"), event("submitted"));
  tasks_.insert(task("second"), event("submitted"));
  EXPECT_EQ(quotas_.live_tasks(ada_).size(), 2U);
  set_state(first, TaskState::SUCCEEDED);
  ASSERT_EQ(quotas_.live_tasks(ada_).size(), 1U);
  EXPECT_EQ(quotas_.live_tasks(ada_).front().name, "second");
  EXPECT_TRUE(quotas_.live_tasks(users_.create(some("bob"))).empty());
}

TEST_F(PeopleTest, TheSameBytesOfAnOwnerCountOnce) {
  const UserId bob = users_.create(some("bob"));
  add("one.zip", "aa");
  add("again.zip", "aa");
  add("two.zip", "bb");
  EXPECT_EQ(quotas_.dataset_bytes(ada_), 14);
  EXPECT_EQ(quotas_.dataset_bytes(bob), 0);
  EXPECT_EQ(quotas_.owned_projects(ada_), std::vector{lenet_});
}

}  // namespace
}  // namespace cloudbrain::store
