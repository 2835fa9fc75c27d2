#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "support.h"

namespace cloudbrain::cli {
namespace {

using testing::HasSubstr;

constexpr std::string_view kTime = "2026-01-31T08:00:00.000Z";

json::object entry(std::string_view path, std::size_t size, bool dir = false) {
  return {{"path", path}, {"size", size}, {"modified_at", kTime}, {"dir", dir}};
}

// Results made of files in memory; ranges are served as RFC 9110 says.
class Results : public testing::Test {
 protected:
  http::Response list(const http::Request& request) {
    const std::string folder(request.query("path").value_or(""));
    json::array entries;
    for (const json::value& one : listing_[folder]) entries.push_back(one);
    return http::Response::json(to_text(json::object{{"entries", std::move(entries)}}));
  }

  http::Response file(const http::Request& request) {
    const auto found = files_.find(request.arg("path"));
    if (found == files_.end()) throw Error(ErrorKind::missing, "path_missing", {"None.", "无。"});
    const fs::path kept = shell_.folder() / "served";
    write_file_atomic(kept, found->second, Durable::no);
    // Cut short once, after the first bytes.
    if (cut_after_ > 0) {
      const std::size_t cut = std::exchange(cut_after_, 0);
      http::Response response = event_stream(found->second.substr(0, cut), true);
      response.headers.set("Content-Type", "application/octet-stream");
      return response;
    }
    return http::Response::file(open_file(kept, O_RDONLY), "application/octet-stream");
  }

  void put(const std::string& path, std::string content) {
    const std::size_t slash = path.rfind('/');
    listing_[slash == std::string::npos ? "" : path.substr(0, slash)].push_back(
        entry(path, content.size()));
    files_[path] = std::move(content);
  }

  Ran download(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{
        "task", "download", "12", "--server", server_.address(), "--output", out().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return shell_.run(arguments);
  }
  fs::path out() const { return shell_.folder() / "out"; }
  std::size_t count_asked(std::string_view line) const {
    std::size_t count = 0;
    for (const auto& asked : server_.asked()) count += asked.line == line ? 1 : 0;
    return count;
  }

  Shell shell_;
  std::map<std::string, std::vector<json::value>> listing_;
  std::map<std::string, std::string> files_;
  std::size_t cut_after_ = 0;
  FakeServer server_{{
      answering("GET", "/api/v2/tasks/{id}", task_json(12, "RUNNING")),
      {"GET", "/api/v2/tasks/{id}/output",
       http::Handler([this](const http::Request& request) { return list(request); })},
      {"GET", "/api/v2/tasks/{id}/output/{path...}",
       http::Handler([this](const http::Request& request) { return file(request); })},
  }};
};

TEST_F(Results, AWholeTreeArrives) {
  listing_[""].push_back(entry("ckpt 1", 0, true));
  put("log.txt", "hello");
  put("ckpt 1/模型?.pth", std::string(300'000, 'm'));
  put("ckpt 1/empty", "");
  const Ran ran = download({"--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(read_file(out() / "log.txt"), "hello");
  EXPECT_EQ(read_file(out() / "ckpt 1/模型?.pth"), files_["ckpt 1/模型?.pth"]);
  EXPECT_EQ(read_file(out() / "ckpt 1/empty"), "");
  EXPECT_EQ(ran.json().at("files").as_array().size(), 3U);
}

TEST_F(Results, AFolderOrAFileIsEnoughIfAskedFor) {
  listing_[""].push_back(entry("a", 0, true));
  put("a/one", "1");
  put("a/two", "22");
  put("b", "3");
  ASSERT_EQ(download({"--path", "a/two"}).code, 0);
  EXPECT_TRUE(fs::exists(out() / "a/two"));
  EXPECT_FALSE(fs::exists(out() / "a/one"));
  ASSERT_EQ(download({"--path", "a/"}).code, 0);
  EXPECT_TRUE(fs::exists(out() / "a/one"));
  EXPECT_FALSE(fs::exists(out() / "b"));
  EXPECT_THAT(download({"--path", "none"}).err, HasSubstr("There is no \"none\""));
}

TEST_F(Results, WhatIsHereIsNotFetchedAgain) {
  put("model", "weights");
  ASSERT_EQ(download().code, 0);
  ASSERT_EQ(download().code, 0);
  EXPECT_EQ(count_asked("GET /api/v2/tasks/12/output/model"), 1U);
}

TEST_F(Results, AConnectionThatBreaksGoesOnWhereItWas) {
  put("model", std::string(100'000, 'a') + std::string(100'000, 'b'));
  cut_after_ = 70'000;
  const Ran ran = download();
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(read_file(out() / "model"), files_["model"]);
  // A reset connection may swallow what was on its way: it goes on after what did arrive.
  const std::string range(server_.asked().back().headers.find("Range").value_or(""));
  ASSERT_THAT(range, testing::MatchesRegex("bytes=[0-9]+-"));
  EXPECT_LE(std::stol(range.substr(6)), 70'000);
}

TEST_F(Results, AnotherRunGoesOnWhereTheFirstEnded) {
  put("model", std::string(1000, 'a') + "the end");
  files_.erase("model");
  EXPECT_NE(download().code, 0);  // leaves an empty part
  files_["model"] = std::string(1000, 'a') + "the end";
  for (const auto& part : fs::directory_iterator(out())) {
    write_file_atomic(part.path(), std::string(1000, 'a'), Durable::no);
  }
  ASSERT_EQ(download().code, 0);
  EXPECT_EQ(read_file(out() / "model"), files_["model"]);
  EXPECT_EQ(server_.asked().back().headers.find("Range"), "bytes=1000-");
  EXPECT_EQ(std::distance(fs::directory_iterator(out()), fs::directory_iterator()), 1);
}

TEST_F(Results, APartOfAnotherVersionIsNotGlued) {
  put("model", std::string(1000, 'a'));
  cut_after_ = 400;
  // The file grows between the listing and the second try.
  files_["model"] = std::string(1500, 'b');
  const Ran ran = download();
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(read_file(out() / "model"), std::string(1500, 'b'));
  EXPECT_THAT(ran.err, HasSubstr("written to meanwhile"));
}

TEST_F(Results, TheServerCannotChooseWhereAFileGoes) {
  for (const char* path : {"../escape", "/etc/escape", "a/../../escape"}) {
    listing_[""] = {entry(path, 1)};
    const Ran ran = download();
    EXPECT_EQ(ran.code, kRequestFailed) << path;
    EXPECT_THAT(ran.err, HasSubstr(path));
  }
  EXPECT_FALSE(fs::exists(shell_.folder() / "escape"));
}

TEST_F(Results, NoResultsAreToldApartFromFailure) {
  const Ran ran = download();
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("no results yet"));
}

}  // namespace
}  // namespace cloudbrain::cli
