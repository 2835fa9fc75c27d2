#include "cli/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support.h"

namespace cloudbrain::cli {
namespace {

using testing::HasSubstr;

class Credentials : public testing::Test {
 protected:
  Credentials() {
    surroundings_.environment["XDG_CONFIG_HOME"] = folder_.path().string();
    SavedLogins saved;
    saved.put({"http://one:1", "ann", "token-one", 1});
    saved.put({"http://two:2", "bob", "token-two", 2});
    save_logins(file(), saved);
  }
  fs::path file() const { return credentials_file(surroundings_); }
  Account choose(std::optional<std::string> server = {}, std::optional<std::string> token = {}) {
    return choose_account(server, token, surroundings_);
  }

  TemporaryDirectory folder_;
  Surroundings surroundings_;
};

TEST_F(Credentials, AreReadableByTheirOwnerAlone) {
  struct stat status{};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Credentials, TheLastServerSignedInToIsTheOne) {
  const Account account = choose();
  EXPECT_EQ(account.server, "http://two:2");
  EXPECT_EQ(account.token, "token-two");
  EXPECT_EQ(account.user, "bob");
}

TEST_F(Credentials, FlagsWinOverVariablesAndThoseOverTheFile) {
  surroundings_.environment["CLOUDBRAIN_SERVER"] = "three:3";
  surroundings_.environment["CLOUDBRAIN_TOKEN"] = "from-variable";
  EXPECT_EQ(choose().server, "http://three:3");
  EXPECT_EQ(choose().token, "from-variable");
  EXPECT_EQ(choose("four:4", "from-flag").server, "http://four:4");
  EXPECT_EQ(choose("four:4", "from-flag").token, "from-flag");
}

TEST_F(Credentials, ATokenIsNeverSentToAnotherServer) {
  EXPECT_EQ(choose("http://one:1/").token, "token-one");
  EXPECT_EQ(choose("http://elsewhere:1").token, "");
}

TEST_F(Credentials, WithoutAnythingItIsTheServerOfThisMachine) {
  fs::remove(file());
  EXPECT_EQ(choose().server, "http://127.0.0.1:8080");
  EXPECT_EQ(choose().token, "");
}

TEST_F(Credentials, SigningOutFallsBackToTheServerBefore) {
  SavedLogins saved = load_logins(file());
  saved.drop("http://two:2");
  EXPECT_EQ(saved.current, "http://one:1");
  saved.drop("http://one:1");
  EXPECT_EQ(saved.current, "");
}

TEST_F(Credentials, AnAddressThatIsNoneIsNamedWithItsSource) {
  surroundings_.environment["CLOUDBRAIN_SERVER"] = "ftp://x";
  try {
    choose();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message().en, HasSubstr("CLOUDBRAIN_SERVER \"ftp://x\""));
  }
}

TEST_F(Credentials, ABrokenFileIsNamedWithTheWayOut) {
  write_file_atomic(file(), "{", Durable::no);
  try {
    choose();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message().en, HasSubstr(file().string()));
    EXPECT_THAT(error.next().en, HasSubstr("cloudbrain login"));
  }
}

// The real thing against a server: a session, a token of its own, the session ended.
class SignIn : public testing::Test {
 protected:
  FakeServer server_{{
      answering("POST", "/api/v2/session",
                {{"token", "session-token"},
                 {"user", {{"id", 1}, {"name", "ann"}, {"admin", true}}},
                 {"expires_at", "2026-03-01T00:00:00.000Z"}},
                201),
      answering("POST", "/api/v2/tokens", {{"id", 5}, {"token", "long-lived"}}, 201),
      answering("DELETE", "/api/v2/session", nullptr, 204),
      answering("DELETE", "/api/v2/tokens/{id}", nullptr, 204),
      answering("GET", "/api/v2/me", {{"id", 1}, {"name", "ann"}, {"admin", true}}),
  }};
  Shell shell_;

  Ran login() {
    shell_.input("pass word\n");
    return shell_.run(
        {"login", "--server", server_.address(), "--user", "ann", "--password-stdin"});
  }
};

TEST_F(SignIn, KeepsATokenAndEndsTheSession) {
  const Ran ran = login();
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("as ann"));
  const auto asked = server_.asked();
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_EQ(parse_json(asked[0].body).at("password"), "pass word");
  EXPECT_EQ(asked[0].headers.find("Authorization"), std::nullopt);
  EXPECT_EQ(asked[1].headers.find("Authorization"), "Bearer session-token");
  EXPECT_EQ(asked[2].line, "DELETE /api/v2/session");
  EXPECT_EQ(load_logins(shell_.credentials()).find(server_.address())->token, "long-lived");
}

TEST_F(SignIn, LaterCommandsUseTheSavedServerAndToken) {
  ASSERT_EQ(login().code, 0);
  const Ran ran = shell_.run({"whoami"});
  EXPECT_EQ(ran.out, "ann (administrator) at " + server_.address() + "\n");
  EXPECT_EQ(server_.asked().back().headers.find("Authorization"), "Bearer long-lived");
}

TEST_F(SignIn, ASecondSignInEndsTheTokenOfTheFirst) {
  ASSERT_EQ(login().code, 0);
  ASSERT_EQ(login().code, 0);
  const auto asked = server_.asked();
  ASSERT_EQ(asked.size(), 7U);
  EXPECT_EQ(asked[5].line, "DELETE /api/v2/tokens/5");
}

TEST_F(SignIn, SigningOutEndsTheTokenAndForgetsIt) {
  ASSERT_EQ(login().code, 0);
  EXPECT_EQ(shell_.run({"logout"}).code, 0);
  EXPECT_EQ(server_.asked().back().line, "DELETE /api/v2/tokens/5");
  EXPECT_TRUE(load_logins(shell_.credentials()).logins.empty());
}

TEST_F(SignIn, ATokenMadeElsewhereIsTriedAndKept) {
  const Ran ran = shell_.run({"login", "--server", server_.address(), "--token", "mine", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.json().at("user"), "ann");
  EXPECT_EQ(load_logins(shell_.credentials()).find(server_.address())->token, "mine");
}

TEST_F(SignIn, WithoutATerminalThePasswordMustComeByPipe) {
  const Ran ran = shell_.run({"login", "--server", server_.address(), "--user", "ann"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--password-stdin"));
}

}  // namespace
}  // namespace cloudbrain::cli
