// The log and the results of a task. See api/views.h.
#pragma once

#include "api/views/page.h"

namespace cloudbrain::api {

struct LogInfoView {
  std::int64_t lines = 0;
  std::int64_t bytes = 0;
  bool complete = false;  // the task has ended: nothing will be added
};
BOOST_DESCRIBE_STRUCT(LogInfoView, (), (lines, bytes, complete))

struct LogLineView {
  std::int64_t number = 0;   // from 1
  std::int64_t offset = 0;   // byte offset of its start
  std::string text;          // last state of a line that was overwritten with \r; UTF-8 with U+FFFD
  std::int64_t updates = 0;  // how often it was overwritten
  bool cut = false;          // longer than 16 KiB
};
BOOST_DESCRIBE_STRUCT(LogLineView, (), (number, offset, text, updates, cut))

struct LogLinesView {
  std::int64_t from = 0;
  std::vector<LogLineView> lines;
};
BOOST_DESCRIBE_STRUCT(LogLinesView, (), (from, lines))

struct OutputEntryView {
  std::string path;  // relative to the results' root
  std::int64_t size = 0;
  TimePoint modified_at;
  bool dir = false;
};
BOOST_DESCRIBE_STRUCT(OutputEntryView, (), (path, size, modified_at, dir))

struct OutputView {
  std::vector<OutputEntryView> entries;
};
BOOST_DESCRIBE_STRUCT(OutputView, (), (entries))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_OUTPUT_VIEWS(X) \
  X(LogInfoView) X(LogLineView) X(LogLinesView) X(OutputEntryView) X(OutputView)
// clang-format on

}  // namespace cloudbrain::api
