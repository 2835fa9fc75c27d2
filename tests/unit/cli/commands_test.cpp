// Commands as a whole, against a server that answers what the real one would.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "cli/exit_codes.h"
#include "support.h"

namespace cloudbrain::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

json::object project_json() {
  return {{"id", 1},
          {"owner", "ann"},
          {"name", "mnist"},
          {"description", ""},
          {"private", false},
          {"clone_path", "/ann/mnist.git"},
          {"created_at", "2026-01-31T08:00:00.000Z"}};
}

json::object dataset_json(std::string_view state, int progress) {
  json::object file{
      {"name", "data.zip"},
      {"folder", "data"},
      {"kind", "archive"},
      {"size", 4},
      {"sha256", "ab"},
      {"state", state},
      {"progress", progress},
      {"failure", state == "failed" ? json::value("It is corrupt.") : json::value(nullptr)},
      {"entries", 2},
      {"created_at", "2026-01-31T08:00:00.000Z"}};
  return {{"id", 1},        {"name", "data.zip"},
          {"size", 4},      {"created_at", "2026-01-31T08:00:00.000Z"},
          {"state", state}, {"files", json::array{std::move(file)}}};
}

Ran run(const Shell& shell, const FakeServer& server, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--server", server.address()});
  return shell.run(arguments);
}

TEST(ProjectPush, CommitsEveryFileAsItIs) {
  const FakeServer server({answering("GET", "/api/v2/projects/ann/mnist", project_json()),
                           answering("POST", "/api/v2/projects/ann/mnist/commits",
                                     {{"commit", "0123456789abcdef"}}, 201)});
  const Shell shell;
  const fs::path code = shell.folder() / "code";
  make_directories(code / "net");
  make_directories(code / ".git");
  write_file_atomic(code / "train.py", "print('训练')\n", Durable::no);
  write_file_atomic(code / "net/blob", std::string("\x00\xFF", 2), Durable::no);
  write_file_atomic(code / ".git/config", "secret", Durable::no);
  fs::create_symlink("/etc/passwd", code / "link");
  const Ran ran =
      run(shell, server, {"project", "push", code.string(), "-p", "ann/mnist", "-m", "First"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const json::value body = parse_json(server.asked().back().body);
  EXPECT_EQ(body.at("branch"), "main");
  EXPECT_EQ(body.at("message"), "First");
  const json::array& files = body.at("files").as_array();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].at("path"), "net/blob");
  EXPECT_EQ(files[0].at("content_base64"), "AP8=");
  EXPECT_EQ(files[1].at("content"), "print('训练')\n");
  EXPECT_THAT(ran.err, HasSubstr("Left out: link"));
  EXPECT_THAT(ran.out, HasSubstr("2 files (18 B) in commit 0123456789ab on main."));
  EXPECT_THAT(ran.err, HasSubstr("git -C"));  // it is a repository
}

TEST(ProjectPush, TooMuchIsSentToGit) {
  const FakeServer server({answering("GET", "/api/v2/projects/ann/mnist", project_json())});
  const Shell shell;
  const fs::path code = shell.folder() / "code";
  make_directories(code);
  const Fd big = open_file(code / "big", O_WRONLY | O_CREAT);
  ASSERT_EQ(::ftruncate(big.get(), (20 << 20) + 1), 0);
  const Ran ran = run(shell, server, {"project", "push", code.string(), "-p", "ann/mnist"});
  EXPECT_EQ(ran.code, kRequestFailed);
  EXPECT_THAT(ran.err, HasSubstr(fmt::format("git -C {} push {}/ann/mnist.git HEAD:main",
                                             code.string(), server.address())));
}

TEST(ProjectPush, AFolderThatIsNoneIsAMistakeOfTheCommandLine) {
  const FakeServer server({answering("GET", "/x", nullptr)});
  EXPECT_EQ(run(Shell(), server, {"project", "push", "/nowhere", "-p", "a/b"}).code, kUsage);
  EXPECT_EQ(run(Shell(), server, {"project", "show", "a/b/c"}).code, kUsage);
  EXPECT_EQ(run(Shell(), server, {"project", "show", "/b"}).code, kUsage);
}

TEST(Project, ANameWithoutOwnerIsOnesOwn) {
  const FakeServer server(
      {answering("GET", "/api/v2/me", {{"id", 1}, {"name", "ann"}, {"admin", false}}),
       answering("GET", "/api/v2/projects/ann/mnist", project_json())});
  const Ran ran = run(Shell(), server, {"project", "show", "mnist"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(server.address() + "/ann/mnist.git"));
}

TEST(Lists, FollowTheirPagesUpToTheLimit) {
  const FakeServer server(
      {{"GET", "/api/v2/tasks", http::Handler([](const http::Request& request) {
          const std::int64_t after = request.query_number("after", 0, 1000).value_or(301);
          const std::int64_t limit = request.query_number("limit", 1, 200).value_or(20);
          json::array items;
          for (std::int64_t i = 1; i <= limit && after - i > 0; ++i)
            items.push_back(task_json(after - i, "FAILED", 1));
          const json::value next = static_cast<std::int64_t>(items.size()) == limit
                                       ? json::value(std::to_string(after - limit))
                                       : json::value(nullptr);
          return http::Response::json(
              to_text(json::object{{"items", std::move(items)}, {"next", next}}));
        })}});
  const Ran some = run(Shell(), server, {"task", "list", "--limit", "150", "--json"});
  ASSERT_EQ(some.json().at("items").as_array().size(), 150U);
  EXPECT_EQ(some.json().at("items").as_array().back().at("id"), 151);
  const Ran all = run(Shell(), server, {"task", "list", "--limit", "5000", "--json"});
  EXPECT_EQ(all.json().at("items").as_array().size(), 300U);
  EXPECT_TRUE(all.json().at("next").is_null());
  EXPECT_THAT(run(Shell(), server, {"task", "list"}).out,
              HasSubstr("300  mnist-1  V0001    FAILED"));
}

TEST(TaskNames, AreLookedUpInTheirProject) {
  json::object newest = task_json(14, "RUNNING");
  newest["version"] = "V0002";
  json::object similar = task_json(15, "RUNNING");
  similar["name"] = "mnist-10";
  const FakeServer server(
      {answering("GET", "/api/v2/projects/ann/mnist/tasks",
                 {{"items",
                   json::array{json::object{{"task", similar}, {"versions", 1}},
                               json::object{{"task", newest}, {"versions", 2}},
                               json::object{{"task", task_json(12, "FAILED")}, {"versions", 2}}}},
                  {"next", nullptr}}),
       {"GET", "/api/v2/tasks/{id}", http::Handler([](const http::Request& request) {
          return http::Response::json(to_text(task_json(std::stoll(request.arg("id")), "RUNNING")));
        })}});
  const auto shown = [&](const std::string& name) {
    return run(Shell(), server, {"task", "show", name, "--json"});
  };
  EXPECT_EQ(shown("ann/mnist/mnist-1").json().at("id"), 14);
  EXPECT_EQ(shown("ann/mnist/mnist-1@V0001").json().at("id"), 12);
  EXPECT_EQ(shown("ann/mnist/none").code, kRequestFailed);
  EXPECT_EQ(shown("none").code, kUsage);
  EXPECT_EQ(shown("0").code, kUsage);
}

// Keeps what is uploaded, and unpacks in as many steps as it is asked about.
class Upload : public testing::Test {
 protected:
  class Keep final : public http::Sink {
   public:
    explicit Keep(Upload& test) : test_(test) {}
    void write(std::span<const char> bytes) override {
      test_.received_.append(bytes.data(), bytes.size());
    }
    http::Response finish() override { return test_.offset(204); }

   private:
    Upload& test_;
  };
  http::Response offset(int status) {
    http::Response response = http::Response::empty(status);
    const std::size_t arrived = known_ ? content_.size() : received_.size();
    response.headers.set("Location", "/api/v2/uploads/7");
    response.headers.set("Upload-Offset", std::to_string(arrived));
    return response;
  }
  http::Response create(const http::Request& request) {
    metadata_ = request.header("Upload-Metadata").value_or("");
    length_ = request.header("Upload-Length").value_or("");
    return offset(201);
  }
  std::unique_ptr<http::Sink> append(const http::Request& request) {
    if (request.header("Upload-Offset") != std::to_string(received_.size())) {
      throw Error(ErrorKind::conflict, "upload_offset", {"Elsewhere.", "位置不符。"});
    }
    return std::make_unique<Keep>(*this);
  }
  json::object unfinished(std::uint64_t offset) const {
    return {{"id", "7"},
            {"project", "ann/mnist"},
            {"dataset", "data.zip"},
            {"file", "data.zip"},
            {"size", content_.size()},
            {"offset", offset},
            {"sha256", sha256_hex(content_)},
            {"state", "open"},
            {"created_at", "2026-01-31T08:00:00Z"},
            {"expires_at", "2026-02-01T08:00:00Z"}};
  }
  http::Response look() {
    const bool last = looks_ + 1 >= states_.size();
    const std::string state = states_[last ? states_.size() - 1 : looks_++];
    return http::Response::json(to_text(dataset_json(state, 50)));
  }
  Ran upload(const std::string& name, std::vector<std::string> more = {}) {
    const fs::path file = shell_.folder() / name;
    write_file_atomic(file, content_, Durable::no);
    std::vector<std::string> arguments{"dataset", "upload", file.string(), "-p", "ann/mnist"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(shell_, server_, arguments);
  }

  Shell shell_;
  std::string content_ = std::string(3'000'000, 'z');
  std::string received_;
  bool known_ = false;
  json::array unfinished_;
  std::string metadata_, length_;
  std::vector<std::string> states_{"ready"};
  std::size_t looks_ = 0;
  FakeServer server_{{
      {"GET", "/api/v2/uploads", http::Handler([this](const http::Request&) {
         return http::Response::json(to_text(json::object{{"items", unfinished_}}));
       })},
      {"POST", "/api/v2/uploads",
       http::Handler([this](const http::Request& request) { return create(request); })},
      {"PATCH", "/api/v2/uploads/7",
       http::StreamingHandler([this](const http::Request& request) { return append(request); })},
      {"GET", "/api/v2/uploads/7", http::Handler([this](const http::Request&) {
         return http::Response::json(to_text(unfinished(received_.size())));
       })},
      {"GET", "/api/v2/projects/ann/mnist/datasets/{file}",
       http::Handler([this](const http::Request&) { return look(); })},
  }};
};

TEST_F(Upload, SendsEveryByteAndWaitsForTheUnpacking) {
  states_ = {"unpacking", "ready"};
  const Ran ran = upload("data.zip");
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(received_ == content_);
  EXPECT_EQ(ran.out, "data.zip (4 B, 2 files) is ready.\n");
  EXPECT_THAT(ran.err, HasSubstr("100%"));
}

TEST_F(Upload, SaysWhereToHowLongAndWhichBytes) {
  ASSERT_EQ(upload("data.zip").code, 0);
  EXPECT_EQ(length_, "3000000");
  EXPECT_EQ(metadata_, fmt::format("project {},dataset {},filename {},sha256 {}",
                                   base64_encode("ann/mnist"), base64_encode("data.zip"),
                                   base64_encode("data.zip"), base64_encode(sha256_hex(content_))));
}

TEST_F(Upload, SendsNothingThatTheServerHas) {
  known_ = true;
  const Ran ran = upload("data.zip");
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(received_, "");
  EXPECT_THAT(ran.err, HasSubstr("nothing is sent"));
}

TEST_F(Upload, GoesOnWhereAnEarlierRunWasBrokenOff) {
  received_ = content_.substr(0, 1'000'000);
  unfinished_ = {unfinished(1'000'000)};
  const Ran ran = upload("data.zip");
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(received_ == content_);
  EXPECT_EQ(length_, "");  // none was made
  EXPECT_THAT(ran.err, HasSubstr("have arrived"));
}

TEST_F(Upload, AsksAgainWhereTheServerCountedOtherwise) {
  unfinished_ = {unfinished(2'000'000)};  // and it lost them
  const Ran ran = upload("data.zip");
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(received_ == content_);
}

TEST_F(Upload, AnArchiveThatCannotBeUnpackedIsAFailure) {
  states_ = {"failed"};
  const Ran ran = upload("data.zip");
  EXPECT_EQ(ran.code, kRequestFailed);
  EXPECT_THAT(ran.err, HasSubstr("It is corrupt."));
}

TEST_F(Upload, WithJsonOnlyTheAnswerIsPrinted) {
  const Ran ran = upload("data.zip", {"--json"});
  EXPECT_EQ(ran.json().at("state"), "ready");
  EXPECT_EQ(ran.err, "");
}

TEST_F(Upload, WhatTheServerWouldRefuseIsNotSent) {
  EXPECT_EQ(upload(".data.zip").code, kUsage);
  EXPECT_EQ(upload("data.rar", {"--name", "data.zip"}).code, 0);
  EXPECT_EQ(run(shell_, server_, {"dataset", "upload", "/nowhere.zip", "-p", "ann/mnist"}).code,
            kUsage);
  EXPECT_EQ(
      run(shell_, server_, {"dataset", "upload", "/tmp", "--name", "a.zip", "-p", "ann/mnist"})
          .code,
      kUsage);
}

TEST(TaskLogs, AreGivenByteForByte) {
  const std::string log = std::string("a\r10%\r20%\n\x00\xFF", 12) + std::string(500'000, 'x');
  const FakeServer server(
      {{"GET", "/api/v2/tasks/{id}/log/raw", http::Handler([&](const http::Request&) {
          return http::Response::text(log, "text/plain");
        })}});
  EXPECT_TRUE(run(Shell(), server, {"task", "logs", "12"}).out == log);
}

}  // namespace
}  // namespace cloudbrain::cli
