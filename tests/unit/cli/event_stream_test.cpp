#include "cli/net/event_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cloudbrain::cli {
namespace {

using testing::ElementsAre;

// Events as "type:data@id".
class Reader {
 public:
  EventStream& stream() { return stream_; }
  const std::vector<std::string>& events() const { return events_; }

 private:
  std::vector<std::string> events_;
  EventStream stream_{[this](const ServerEvent& event) {
    events_.push_back(event.type + ":" + event.data + "@" + stream_.last_id());
  }};
};

std::vector<std::string> events_of(std::string_view text) {
  Reader reader;
  reader.stream().feed(text);
  return reader.events();
}

TEST(EventStream, EveryFieldIsUnderstood) {
  EXPECT_THAT(events_of("event: log\nid: 42\ndata: one\ndata: two\n\ndata:x\n\n"),
              ElementsAre("log:one\ntwo@42", "message:x@42"));
}

TEST(EventStream, AnyLineEndWillDo) {
  EXPECT_THAT(events_of("data: a\r\rdata: b\r\n\r\ndata: c\n\n"),
              ElementsAre("message:a@", "message:b@", "message:c@"));
}

TEST(EventStream, CommentsUnknownFieldsAndEventsWithoutDataAreDropped) {
  EXPECT_THAT(events_of(": alive\n\nevent: log\n\nretry: 5\nnonsense\ndata\n\n"),
              ElementsAre("message:@"));
}

TEST(EventStream, OnlyOneSpaceIsTakenFromAValue) {
  EXPECT_THAT(events_of("data:  two: spaces\n\n"), ElementsAre("message: two: spaces@"));
}

TEST(EventStream, AByteOrderMarkMayComeFirst) {
  EXPECT_THAT(events_of("\xEF\xBB\xBF"
                        "data: x\n\n"),
              ElementsAre("message:x@"));
}

TEST(EventStream, WhereThePiecesAreCutMakesNoDifference) {
  const std::string text =
      "\xEF\xBB\xBF"
      "event: log\r\nid: 7\r\ndata: {\"text\":\"训练\"}\r\n\r\n: c\r\rid: 9\rdata: b\r\r"
      "event: end\ndata: {}\n\n";
  const auto whole = events_of(text);
  ASSERT_EQ(whole.size(), 3U);
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      Reader reader;
      reader.stream().feed(std::string_view(text).substr(0, first));
      reader.stream().feed(std::string_view(text).substr(first, second - first));
      reader.stream().feed(std::string_view(text).substr(second));
      ASSERT_EQ(reader.events(), whole) << first << " " << second;
    }
  }
}

TEST(EventStream, ABreakDropsWhatWasBegunAndKeepsTheLastId) {
  Reader reader;
  reader.stream().feed("id: 5\ndata: a\n\nid: 8\nevent: log\ndata: half");
  reader.stream().restart();
  EXPECT_EQ(reader.stream().last_id(), "5");
  reader.stream().feed("data: b\n\n");
  EXPECT_THAT(reader.events(), ElementsAre("message:a@5", "message:b@5"));
}

}  // namespace
}  // namespace cloudbrain::cli
