#include "cli/net/fetch_file.h"

#include <charconv>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "cli/exit_codes.h"

namespace cloudbrain::cli {

namespace {

constexpr int kTries = 5;
constexpr std::chrono::milliseconds kFirstPause{200};

timespec to_timespec(TimePoint time) {
  const std::int64_t ms = time.time_since_epoch().count();
  timespec spec{};
  spec.tv_sec = static_cast<time_t>(ms / 1000);
  spec.tv_nsec = static_cast<long>(ms % 1000 * 1'000'000);
  return spec;
}

bool is_here(const RemoteFile& file, const fs::path& target) {
  struct stat status{};
  if (::stat(target.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const timespec wanted = to_timespec(file.modified_at);
  return static_cast<std::uint64_t>(status.st_size) == file.size &&
         status.st_mtim.tv_sec == wanted.tv_sec && status.st_mtim.tv_nsec == wanted.tv_nsec;
}

fs::path part_file(const RemoteFile& file, const fs::path& target) {
  const std::string identity = fmt::format("{} {} {}", target.filename().string(), file.size,
                                           file.modified_at.time_since_epoch().count());
  return target.parent_path() / (".cloudbrain-" + sha256_hex(identity).substr(0, 16) + ".part");
}

// The whole's size out of "bytes 5-9/10" (RFC 9110 section 14.4); nullopt for "*".
std::optional<std::uint64_t> whole_size(std::string_view content_range) {
  const std::size_t slash = content_range.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view text = content_range.substr(slash + 1);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(size)
                                                                  : std::nullopt;
}

// One file under way.
class Fetch {
 public:
  Fetch(Api& api, const RemoteFile& file, const fs::path& target,
        const std::function<void(std::uint64_t)>& on_bytes)
      : api_(api),
        file_(file),
        target_(target),
        part_(part_file(file, target)),
        on_bytes_(on_bytes),
        fd_(open_file(part_, O_WRONLY | O_CREAT)),
        received_(size_of_part()) {}

  Fetched run() {
    for (int tries = 1; !receive(tries == kTries); ++tries) {
      std::this_thread::sleep_for(kFirstPause * (1 << tries));
    }
    const bool as_listed = received_ == file_.size && !changed_;
    const std::array<timespec, 2> times{to_timespec(file_.modified_at),
                                        to_timespec(file_.modified_at)};
    if (as_listed) ::futimens(fd_.get(), times.data());
    fs::rename(part_, target_);
    return as_listed ? Fetched::now : Fetched::changed;
  }

 private:
  std::uint64_t size_of_part() const {
    struct stat status{};
    if (::fstat(fd_.get(), &status) != 0) throw_errno("stat", part_.native());
    return static_cast<std::uint64_t>(status.st_size);
  }

  void start_again() {
    if (::ftruncate(fd_.get(), 0) != 0) throw_errno("truncate", part_.native());
    received_ = 0;
  }

  // True: the file is whole. False: worth another try.
  bool receive(bool last_try) {
    // Nothing to ask for: an empty range could not be named.
    if (received_ == file_.size && received_ > 0) return true;
    if (received_ > file_.size) start_again();
    try {
      exchange();
      return true;
    } catch (const ServerProblem& problem) {
      // The server's file became shorter than what is here.
      if (problem.answer().status != 416 || last_try) throw;
      start_again();
      return false;
    } catch (const Error& error) {
      if (error.code() != kConnectionLostError || last_try) throw;
      return false;
    }
  }

  void exchange() {
    HttpCall call;
    if (received_ > 0) call.headers.emplace_back("Range", fmt::format("bytes={}-", received_));
    if (received_ > 0 && !etag_.empty()) call.headers.emplace_back("If-Range", etag_);
    call.on_head = [this](const HttpAnswer& head) { take_head(head); };
    call.on_body = [this](std::string_view piece) {
      if (::lseek(fd_.get(), static_cast<off_t>(received_), SEEK_SET) < 0)
        throw_errno("seek", part_.native());
      write_all(fd_.get(), {piece.data(), piece.size()}, part_.native());
      received_ += piece.size();
      on_bytes_(received_);
    };
    api_.call(std::move(call), file_.address);
  }

  void take_head(const HttpAnswer& head) {
    etag_ = head.header("etag");
    if (head.status != 206) {
      start_again();
      return;
    }
    // The beginning is of the file that was listed; an end of another one would not fit.
    if (whole_size(head.header("content-range")) == file_.size) return;
    start_again();
    changed_ = true;
    throw Error(ErrorKind::unavailable, kConnectionLostError,
                {fmt::format("{} changed while it was fetched.", target_.string()),
                 fmt::format("{} 在下载过程中发生了变化。", target_.string())},
                {"Try again once the task has ended.", "请在任务结束后重试。"});
  }

  Api& api_;
  const RemoteFile& file_;
  const fs::path& target_;
  const fs::path part_;
  const std::function<void(std::uint64_t)>& on_bytes_;
  Fd fd_;
  std::uint64_t received_;
  std::string etag_;
  bool changed_ = false;
};

}  // namespace

void need_plain_path(std::string_view listed) {
  if (is_plain_relative_path(listed)) return;
  throw Error(ErrorKind::internal, "bad_path",
              {fmt::format("The server lists a file with the path \"{}\".", listed),
               fmt::format("服务器返回了不安全的文件路径“{}”。", listed)});
}

Fetched fetch_file(Api& api, const RemoteFile& file, const fs::path& target,
                   const std::function<void(std::uint64_t)>& on_bytes) {
  if (is_here(file, target)) {
    on_bytes(file.size);
    return Fetched::before;
  }
  try {
    make_directories(target.parent_path());
    return Fetch(api, file, target, on_bytes).run();
  } catch (const Error& error) {
    if (error.code() != "disk_full") throw;
    throw Error(ErrorKind::no_space, "disk_full",
                {fmt::format("The disk is full: {} does not fit.", target.string()),
                 fmt::format("磁盘已满：{} 放不下。", target.string())},
                {"Make room and run it again: what has arrived is kept.",
                 "请清理磁盘后重新执行，已下载的部分会保留。"});
  }
}

}  // namespace cloudbrain::cli
