#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/commands.h"
#include "support.h"

namespace cloudbrain::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

// Keeps what it was given.
class Probe final : public Command {
 public:
  struct Given {
    bool flag = false;
    std::optional<std::string> text;
    std::string needed;
    std::optional<std::int64_t> number;
    std::vector<std::string> list;
    std::string word;
    std::optional<std::string> more;
    std::optional<std::string> server;
  };
  explicit Probe(Given& given) : Command("probe", {"For tests", "测试"}), given_(given) {}

  void define(Options& options) override {
    options.flag("-f,--flag", given_.flag, {"", ""});
    options.text("--text", given_.text, "TEXT", {"", ""});
    options.required("--needed", given_.needed, "TEXT", {"", ""});
    options.number("--number", given_.number, "N", {"", ""});
    options.list("--list", given_.list, "X", {"", ""});
    options.argument("WORD", given_.word, {"", ""});
    options.optional_argument("MORE", given_.more, {"", ""});
  }
  int run(Session& session) override {
    given_.server = session.options().server;
    return 7;
  }

 private:
  Given& given_;
};

Ran probe(const std::vector<std::string>& words, Probe::Given& given) {
  CommandTable local;
  local.push_back(std::make_unique<Probe>(given));
  std::vector<std::string> arguments{"probe"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  return Shell().run(arguments, std::move(local));
}

TEST(CommandLine, ValuesReachTheCommandAsTheyWereTyped) {
  Probe::Given given;
  const Ran ran = probe({"-f", "--needed=a b", "--text", "", "--number", "-3", "--list",
                         "x=$(y) \"'", "--list", "[1,2]", "WORD", "--server", "http://h"},
                        given);
  EXPECT_EQ(ran.code, 7) << ran.err;
  EXPECT_TRUE(given.flag);
  EXPECT_EQ(given.needed, "a b");
  EXPECT_EQ(given.text, "");
  EXPECT_EQ(given.number, -3);
  EXPECT_THAT(given.list, testing::ElementsAre("x=$(y) \"'", "[1,2]"));
  EXPECT_EQ(given.word, "WORD");
  EXPECT_EQ(given.more, std::nullopt);
  EXPECT_EQ(given.server, "http://h");
}

TEST(CommandLine, ARepeatedOptionTakesOneValueAtATime) {
  Probe::Given given;
  EXPECT_EQ(probe({"--needed", "n", "--list", "a", "word"}, given).code, 7);
  EXPECT_THAT(given.list, testing::ElementsAre("a"));
  EXPECT_EQ(given.word, "word");
}

TEST(CommandLine, AnEmptyValueAfterEqualsStaysEmpty) {
  Probe::Given given;
  EXPECT_EQ(probe({"--needed=", "word"}, given).code, 7);
  EXPECT_EQ(given.needed, "");
  EXPECT_EQ(given.word, "word");
}

TEST(CommandLine, TheNameOfACommandMayBeAnArgument) {
  Probe::Given given;
  EXPECT_EQ(probe({"--needed", "n", "task", "login"}, given).code, 7);
  EXPECT_EQ(given.word, "task");
  EXPECT_EQ(given.more, "login");
}

TEST(CommandLine, WhatIsWrongIsNamedWithTheHelpToRead) {
  Probe::Given given;
  const Ran missing = probe({"word"}, given);
  EXPECT_EQ(missing.code, 2);
  EXPECT_EQ(missing.err,
            "error: --needed is missing.\n  → `cloudbrain probe --help` tells what it takes.\n");
  EXPECT_THAT(probe({"--needed", "n"}, given).err, HasSubstr("WORD is missing"));
  EXPECT_THAT(probe({"w", "--needed"}, given).err, HasSubstr("--needed takes one value"));
  EXPECT_THAT(probe({"w", "--needed", "n", "--flog"}, given).err,
              HasSubstr("Did you mean \"--flag\"?"));
  EXPECT_THAT(probe({"--needed", "n", "-bad word"}, given).err,
              HasSubstr("does not know \"-bad word\""));
  EXPECT_EQ(probe({"w", "m", "surplus", "--needed", "n"}, given).code, 2);
  EXPECT_EQ(probe({"w", "--needed", "n", "--number", "many"}, given).code, 2);
}

TEST(CommandLine, AnUnknownCommandIsAnsweredWithTheNearestOne) {
  const Ran ran = Shell().run({"taks", "list"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("Did you mean \"task\"?"));
  EXPECT_THAT(Shell().run({"task", "sumbit"}).err, HasSubstr("Did you mean \"submit\"?"));
  EXPECT_THAT(Shell().run({"xyzzy"}).err, Not(HasSubstr("Did you mean")));
}

TEST(CommandLine, HelpIsAnAnswerAndNoCommandIsNot) {
  const Ran help = Shell().run({"task", "submit", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("Usage: cloudbrain task submit --project OWNER/NAME"));
  EXPECT_THAT(help.out, HasSubstr("--param NAME=VALUE"));
  EXPECT_EQ(help.err, "");

  const Ran bare = Shell().run({});
  EXPECT_EQ(bare.code, 2);
  EXPECT_EQ(bare.out, "");
  EXPECT_THAT(bare.err, HasSubstr("Commands:"));
  EXPECT_THAT(Shell().run({"task"}).err, HasSubstr("submit"));
}

TEST(CommandLine, TheVersionIsTold) {
  const Ran ran = Shell().run({"--version"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, testing::MatchesRegex("cloudbrain [0-9]+[.][0-9]+[.][0-9]+\n"));
}

TEST(CommandLine, EveryCommandHasHelpInBothLanguages) {
  CommandTable commands;
  add_client_commands(commands);
  for (const auto& command : commands) {
    std::vector<std::string> words{command->words(), "--help"};
    if (const std::size_t space = command->words().find(' '); space != std::string::npos) {
      words = {command->words().substr(0, space), command->words().substr(space + 1), "--help"};
    }
    const Ran english = Shell().run(words);
    const Ran chinese = Shell().set("LANG", "zh_CN.UTF-8").run(words);
    EXPECT_EQ(english.code, 0);
    EXPECT_THAT(english.out, HasSubstr(command->help().en));
    EXPECT_THAT(chinese.out, HasSubstr(command->help().zh));
    EXPECT_THAT(chinese.out, HasSubstr("用法： cloudbrain " + command->words()));
  }
}

TEST(CommandLine, TheLanguageIsThatOfTheFirstVariableThatIsSet) {
  EXPECT_THAT(Shell().set("LANG", "zh_CN.UTF-8").run({}).err, HasSubstr("用法"));
  EXPECT_THAT(Shell().set("LANG", "zh_CN.UTF-8").set("LC_ALL", "C").run({}).err,
              HasSubstr("Usage"));
  EXPECT_THAT(Shell().set("LANG", "C").set("CLOUDBRAIN_LANG", "zh").run({}).err, HasSubstr("用法"));
}

TEST(CommandLine, MistakesAreJsonWhereJsonWasAskedFor) {
  const Ran ran = Shell().run({"task", "show", "--json"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(parse_json(ran.err).at("code"), "usage");
}

}  // namespace
}  // namespace cloudbrain::cli
