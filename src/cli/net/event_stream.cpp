#include "cli/net/event_stream.h"

namespace cloudbrain::cli {

void EventStream::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (after_cr_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_cr_ = false;
    const std::size_t end = bytes.find_first_of("\r\n");
    if (end == std::string_view::npos) {
      pending_ += bytes;
      return;
    }
    after_cr_ = bytes[end] == '\r';
    if (pending_.empty()) {
      line(bytes.substr(0, end));
    } else {
      pending_ += bytes.substr(0, end);
      line(pending_);
      pending_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
}

void EventStream::restart() {
  pending_.clear();
  after_cr_ = false;
  at_start_ = true;
  event_ = {};
  has_data_ = false;
  id_ = last_id_;
}

void EventStream::line(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (at_start_ && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  at_start_ = false;
  if (text.empty()) return dispatch();
  const std::size_t colon = text.find(':');
  if (colon == 0) return;  // a comment
  if (colon == std::string_view::npos) return field(text, "");
  std::string_view value = text.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  field(text.substr(0, colon), value);
}

void EventStream::field(std::string_view name, std::string_view value) {
  if (name == "event") {
    event_.type = value;
  } else if (name == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  } else if (name == "id" && value.find('\0') == std::string_view::npos) {
    id_ = value;
  }
}

void EventStream::dispatch() {
  last_id_ = id_;
  if (has_data_) {
    if (event_.type.empty()) event_.type = "message";
    on_event_(event_);
  }
  event_ = {};
  has_data_ = false;
}

}  // namespace cloudbrain::cli
