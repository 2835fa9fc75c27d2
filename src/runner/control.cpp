#include "runner/control.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace cloudbrain::runner {

namespace {

struct Packet {
  Word word;
  std::int32_t value;
  std::array<char, kTextLimit> text;
};
constexpr std::size_t kHeader = offsetof(Packet, text);

}  // namespace

std::optional<std::pair<Fd, Fd>> make_control() {
  std::array<int, 2> ends{};
  // Packets: a message arrives whole or not at all, even where a sender is killed.
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return std::nullopt;
  return std::pair(Fd(ends[0]), Fd(ends[1]));
}

void send(int control, Word word, int value, std::string_view text) {
  Packet packet;  // NOLINT(cppcoreguidelines-pro-type-member-init): only what is sent is filled
  packet.word = word;
  packet.value = value;
  const std::size_t length = std::min(text.size(), packet.text.size());
  std::memcpy(packet.text.data(), text.data(), length);
  // A receiver that is gone is noticed elsewhere.
  while (::send(control, &packet, kHeader + length, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

std::optional<Message> receive(int control) {
  Packet packet;  // NOLINT(cppcoreguidelines-pro-type-member-init): the kernel fills it
  ssize_t length = 0;
  do {
    length = ::recv(control, &packet, sizeof packet, 0);
  } while (length < 0 && errno == EINTR);
  if (length < static_cast<ssize_t>(kHeader)) return std::nullopt;
  return Message{packet.word, packet.value,
                 std::string(packet.text.data(), static_cast<std::size_t>(length) - kHeader)};
}

}  // namespace cloudbrain::runner
