#include "support.h"

#include <charconv>
#include <fstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process.h"

namespace cloudbrain::http {

namespace {

constexpr int kPatienceMs = 10'000;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

Peer::Peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ADD_FAILURE() << "cannot connect to port " << port;
  }
}

Peer& Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;  // the server has closed: what it answered is what counts
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return *this;
}

void Peer::end_sending() {
  ::shutdown(fd_.get(), SHUT_WR);
}

void Peer::vanish() {
  const linger reset{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  fd_.reset();
}

bool Peer::fill() {
  if (ended_) return false;
  pollfd wait{fd_.get(), POLLIN, 0};
  std::array<char, 65536> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  if (::poll(&wait, 1, kPatienceMs) <= 0) {
    ADD_FAILURE() << "the server says nothing; so far: " << buffer_.substr(0, 500);
    ended_ = true;
    return false;
  }
  const ssize_t count = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
  if (count <= 0) {
    ended_ = true;
    return false;
  }
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

bool Peer::reads(std::string_view text) {
  std::size_t at = 0;
  while ((at = buffer_.find(text)) == std::string::npos) {
    if (!fill()) return false;
  }
  buffer_.erase(0, at + text.size());
  return true;
}

bool Peer::is_closed() {
  while (fill()) {
  }
  return ended_;
}

std::string Peer::rest() {
  is_closed();
  return std::exchange(buffer_, {});
}

Peer::Answer Peer::answer(bool bodiless) {
  Answer result;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return result;
  }
  const std::string head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  std::from_chars(head.data() + 9, head.data() + 12, result.status);
  for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
    const std::size_t stop = head.find("\r\n", line);
    const std::size_t colon = head.find(": ", line);
    result.headers[lower(head.substr(line, colon - line))] =
        head.substr(colon + 2, stop - colon - 2);
    line = stop + 2;
  }
  if (bodiless || result.status == 204 || result.status == 304) {
    result.complete = true;
  } else if (result.headers.contains("content-length")) {
    const std::size_t length = std::stoull(result.headers["content-length"]);
    while (buffer_.size() < length && fill()) {
    }
    result.complete = buffer_.size() >= length;
    result.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
  } else if (result.headers.contains("transfer-encoding")) {
    for (;;) {
      std::size_t eol = 0;
      while ((eol = buffer_.find("\r\n")) == std::string::npos) {
        if (!fill()) return result;
      }
      const std::size_t size = std::stoull(buffer_.substr(0, eol), nullptr, 16);
      while (buffer_.size() < eol + 2 + size + 2) {
        if (!fill()) return result;
      }
      result.body += buffer_.substr(eol + 2, size);
      buffer_.erase(0, eol + 2 + size + 2);
      if (size == 0) break;
    }
    result.complete = true;
  } else {
    result.body = rest();
    result.complete = true;
  }
  return result;
}

Peer::Answer Peer::get(std::string_view target, std::string_view headers) {
  send(fmt::format("GET {} HTTP/1.1\r\nHost: test\r\n{}\r\n", target, headers));
  return answer();
}

std::function<void(const Finished&)> FinishedList::hook() {
  return [this](const Finished& finished) {
    const std::lock_guard lock(mutex_);
    entries_.push_back({std::string(finished.method), std::string(finished.pattern),
                        std::string(finished.path), std::string(finished.peer), finished.status,
                        finished.complete, finished.bytes_in, finished.bytes_out});
    changed_.notify_all();
  };
}

std::vector<FinishedList::Entry> FinishedList::wait_for(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(kPatienceMs),
                    [&] { return entries_.size() >= count; });
  return entries_;
}

void Event::set() {
  const std::lock_guard lock(mutex_);
  set_ = true;
  changed_.notify_all();
}

bool Event::wait(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, at_most, [&] { return set_; });
}

std::unique_ptr<Server> serve(std::vector<Route> routes, ServerOptions options, Handler fallback) {
  auto server =
      std::make_unique<Server>(std::move(options), Router(std::move(routes), std::move(fallback)));
  server->start();
  return server;
}

Handler says(std::string text) {
  return [text = std::move(text)](const Request&) { return Response::text(text, "text/plain"); };
}

std::string curl(std::vector<std::string> arguments) {
  std::vector<std::string> argv{"curl", "--silent", "--show-error", "--max-time", "20"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const ProcessResult result = run_process({.argv = argv, .environment = {{"http_proxy", ""}}});
  return result.output + result.error;
}

std::string url(const Server& server, std::string_view path) {
  return fmt::format("http://127.0.0.1:{}{}", server.port(), path);
}

bool eventually(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // polls, until the deadline
  }
  return true;
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void make_file(const fs::path& path, std::uint64_t size) {
  const Fd fd = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  std::string piece(1U << 20U, 'x');
  for (std::uint64_t at = 0; at < size; at += piece.size()) {
    fmt::format_to_n(piece.begin(), 20, "{:020}", at);
    write_all(fd.get(),
              std::string_view(piece).substr(0, std::min<std::uint64_t>(piece.size(), size - at)),
              path.native());
  }
}

}  // namespace cloudbrain::http
