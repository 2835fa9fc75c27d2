#include "cli/commands/task_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace cloudbrain::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Submits and modifies against a server that keeps the bodies.
class Form : public testing::Test {
 protected:
  FakeServer server_{{
      answering("POST", "/api/v2/projects/ann/mnist/tasks", task_json(12, "PREPARING"), 201),
      answering("GET", "/api/v2/tasks/12", task_json(12, "SUCCEEDED", 0)),
      answering("POST", "/api/v2/tasks/12/modify", task_json(13, "PREPARING"), 201),
  }};
  Shell shell_;

  Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", server_.address()});
    return shell_.run(arguments);
  }
  TaskRequest sent() const {
    return from_json<TaskRequest>(parse_json(server_.asked().back().body), UnknownMembers::reject);
  }
};

TEST_F(Form, EveryFlagOfASubmitReachesItsField) {
  const Ran ran = run(
      {"task",          "submit", "-p",       "ann/mnist", "--name",        "n",
       "--boot-file",   "t.py",   "--branch", "b",         "--cluster",     "c2net",
       "--compute",     "npu",    "--spec",   "s",         "--dataset",     "a.zip",
       "--dataset",     "b.zip",  "--param",  "x=1",       "--param",       "y=$(z) \"=' 训练\n",
       "--image",       "i",      "--engine", "ms",        "--description", "d",
       "--max-runtime", "1h30m",  "--kind",   "inference", "--model",       "m:V0001:a:b"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "Task 12 is submitted: mnist-1 V0001\n");
  TaskRequest wanted;
  wanted.kind = TaskKind::inference;
  wanted.cluster = "c2net";
  wanted.compute = "npu";
  wanted.name = "n";
  wanted.description = "d";
  wanted.branch = "b";
  wanted.boot_file = "t.py";
  wanted.image = "i";
  wanted.engine = "ms";
  wanted.model = ModelChoice{"m", "V0001", "a:b"};
  wanted.datasets = {"a.zip", "b.zip"};
  wanted.params = {{"x", "1"}, {"y", "$(z) \"=' 训练\n"}};
  wanted.spec = "s";
  wanted.max_runtime_s = 5400;
  EXPECT_EQ(sent(), wanted);
}

TEST_F(Form, AParameterGivenTwiceIsSentTwice) {
  ASSERT_EQ(run({"task", "submit", "-p", "ann/mnist", "--param", "x=1", "--param", "x=2"}).code, 0);
  EXPECT_THAT(sent().params, ElementsAre(Parameter{"x", "1"}, Parameter{"x", "2"}));
}

TEST_F(Form, FlagsChangeWhatAFileSays) {
  const fs::path file = shell_.folder() / "request.json";
  write_file_atomic(file, R"({"name":"n","boot_file":"t.py","params":[{"name":"x","value":"1"}]})",
                    Durable::no);
  const Ran ran = run({"task", "submit", "-p", "ann/mnist", "--file", file.string(), "--spec", "s",
                       "--param", "x=5"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(sent().name, "n");
  EXPECT_EQ(sent().spec, "s");
  EXPECT_THAT(sent().params, ElementsAre(Parameter{"x", "5"}));
}

TEST_F(Form, AFileMayComeThroughStandardInput) {
  shell_.input(R"({"name":"piped"})");
  ASSERT_EQ(run({"task", "submit", "-p", "ann/mnist", "--file", "-"}).code, 0);
  EXPECT_EQ(sent().name, "piped");
}

TEST_F(Form, AFieldOfAFileThatDoesNotExistIsNamed) {
  shell_.input(R"({"nmae":"x"})");
  const Ran ran = run({"task", "submit", "-p", "ann/mnist", "--file", "-"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("nmae"));
}

TEST_F(Form, ModifyChangesWhatIsNamedAndKeepsTheRest) {
  ASSERT_EQ(run({"task", "modify", "12", "--param", "lr=0.2", "--param", "epochs=3"}).code, 0);
  EXPECT_THAT(sent().params, ElementsAre(Parameter{"lr", "0.2"}, Parameter{"epochs", "3"}));
  EXPECT_EQ(sent().name, "mnist-1");
  EXPECT_THAT(sent().datasets, ElementsAre("data.zip"));
  EXPECT_EQ(sent().max_runtime_s, 3600);
}

TEST_F(Form, ModifyTakesThingsAway) {
  ASSERT_EQ(run({"task", "modify", "12", "--remove-param", "lr", "--no-datasets"}).code, 0);
  EXPECT_TRUE(sent().params.empty());
  EXPECT_TRUE(sent().datasets.empty());
}

TEST_F(Form, WhatCannotBeReadIsRefusedBeforeAnythingIsSent) {
  const auto refused = [&](const std::string& flag, const std::string& value) {
    const Ran ran = run({"task", "submit", "-p", "ann/mnist", flag, value});
    EXPECT_EQ(ran.code, 2);
    EXPECT_THAT(ran.err, HasSubstr(value));
  };
  refused("--param", "novalue");
  refused("--param", "=x");
  refused("--model", "name:V0001:");
  refused("--model", "name");
  refused("--max-runtime", "soon");
  refused("--kind", "debug");
  refused("--file", "/nowhere/request.json");
  EXPECT_TRUE(server_.asked().empty());
}

TEST_F(Form, AModelMayBeNamedWithoutItsFile) {
  ASSERT_EQ(run({"task", "submit", "-p", "ann/mnist", "--model", "lenet:V0002"}).code, 0);
  EXPECT_EQ(sent().model, (ModelChoice{"lenet", "V0002", ""}));
}

TEST_F(Form, WithJsonTheAnswerIsAllThereIs) {
  const Ran ran = run({"task", "submit", "-p", "ann/mnist", "--json"});
  EXPECT_EQ(ran.json(), json::value(task_json(12, "PREPARING")));
  EXPECT_EQ(ran.err, "");
}

}  // namespace
}  // namespace cloudbrain::cli
