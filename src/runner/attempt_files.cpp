#include "runner/attempt_files.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "runner/records.h"

namespace cloudbrain::runner {

namespace {

constexpr std::chrono::seconds kDefaultGrace{10};
// More than the longest record. One block: giving back a second one may cost a discard of the disk.
constexpr off_t kExitSpace = 4096;
constexpr char kExitDraft[] = ".exit";

Fd open_at(const Fd& directory, const char* name, int flags) {
  return Fd(::openat(directory.get(), name, flags | O_CLOEXEC, 0640));
}

bool write_whole(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count =
        ::pwrite(fd, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

std::optional<AttemptFiles> AttemptFiles::claim(const std::string& directory) {
  Fd folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string number = std::to_string(::getpid());
  const std::string draft = ".pid-" + number;
  Fd pid = open_at(folder, draft.c_str(), O_RDWR | O_CREAT | O_TRUNC);
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  // Of the open file, not of the process (fcntl(2), "open file description locks"): unlike flock's,
  // the server can look at it without taking it.
  if (!pid || !write_whole(pid.get(), number + "\n") ||
      ::fcntl(pid.get(), F_OFD_SETLK, &whole) != 0) {
    return std::nullopt;
  }
  // It comes into being locked, and only once: link() does not replace.
  const bool first = ::linkat(folder.get(), draft.c_str(), folder.get(), "pid", 0) == 0;
  ::unlinkat(folder.get(), draft.c_str(), 0);
  if (!first) return std::nullopt;
  Fd exit = open_at(folder, kExitDraft, O_WRONLY | O_CREAT | O_TRUNC);
  if (!exit) return std::nullopt;
  (void)::posix_fallocate(exit.get(), 0, kExitSpace);
  return AttemptFiles(std::move(folder), std::move(pid), std::move(exit));
}

std::optional<std::string> AttemptFiles::read(const char* name) const {
  const Fd fd = open_at(directory_, name, O_RDONLY);
  if (!fd) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  ssize_t count = 0;
  while ((count = ::read(fd.get(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

Fd AttemptFiles::append(const char* name) const {
  return open_at(directory_, name, O_WRONLY | O_CREAT | O_APPEND);
}

std::optional<std::chrono::seconds> AttemptFiles::stop_grace() const {
  const std::optional<std::string> text = read("stop");
  if (!text) return std::nullopt;
  char* end = nullptr;
  const long seconds = std::strtol(text->c_str(), &end, 10);
  return end == text->c_str() || seconds < 0 ? kDefaultGrace : std::chrono::seconds{seconds};
}

void AttemptFiles::write_exit(const ExitRecord& record) const {
  const std::string text = to_text(record);
  while (true) {
    const bool written = write_whole(exit_.get(), text) &&
                         ::ftruncate(exit_.get(), static_cast<off_t>(text.size())) == 0 &&
                         ::fdatasync(exit_.get()) == 0;
    if (written && ::renameat(directory_.get(), kExitDraft, directory_.get(), "exit") == 0) return;
    // The folder was removed under us: there is nobody left to tell.
    if (errno == ENOENT) return;
    ::poll(nullptr, 0, 1000);
  }
}

}  // namespace cloudbrain::runner
