#include "http/connection/producer.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain::http {

namespace {

constexpr std::size_t kSmallFile = 64U << 10U;
constexpr std::size_t kFilePart = 1U << 20U;
constexpr std::size_t kPipePiece = 64U << 10U;

// A small file is read and goes out with the head; a larger one by sendfile, part by part.
class FileProducer final : public Producer {
 public:
  FileProducer(File file, std::uint64_t first, std::uint64_t length)
      : fd_(std::move(file.fd)), at_(first), left_(length) {}

  // What the page cache holds can be sent here and now; the disk is a worker's to wait for. Files
  // are read ahead, so whether a part's last byte is there tells of the whole part.
  Pulled pull(std::string& out) override {
    out.clear();
    if (left_ == 0) return Pulled::end;
    return read_last_byte(RWF_NOWAIT) == 1 ? take_part() : Pulled::work;
  }

  Pulled work(std::string& out) override {
    out.clear();
    if (left_ <= kSmallFile) return read_all(out);
    ::posix_fadvise(fd_.get(), static_cast<off_t>(at_), static_cast<off_t>(next()),
                    POSIX_FADV_WILLNEED);
    const ssize_t count = read_last_byte(0);
    if (count < 0) throw_errno("preadv2", "a file being downloaded");
    return count == 1 ? take_part() : Pulled::failed;  // failed: it was made shorter
  }

  FilePart part() override { return part_; }
  void arm(const std::function<void()>& /*resume*/) override {}

 private:
  std::size_t next() const {
    return static_cast<std::size_t>(std::min<std::uint64_t>(left_, kFilePart));
  }

  ssize_t read_last_byte(int flags) {
    char byte = 0;
    const iovec into{&byte, 1};
    return ::preadv2(fd_.get(), &into, 1, static_cast<off_t>(at_ + next() - 1), flags);
  }

  Pulled take_part() {
    part_ = {fd_.get(), static_cast<off_t>(at_), next()};
    at_ += part_.length;
    left_ -= part_.length;
    return Pulled::part;
  }

  Pulled read_all(std::string& out) {
    out.resize(static_cast<std::size_t>(left_));
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t count =
          ::pread(fd_.get(), out.data() + done, out.size() - done, static_cast<off_t>(at_ + done));
      if (count < 0) throw_errno("pread", "a file being downloaded");
      if (count == 0) return Pulled::failed;
      done += static_cast<std::size_t>(count);
    }
    left_ = 0;
    return Pulled::end;
  }

  Fd fd_;
  std::uint64_t at_;
  std::uint64_t left_;
  FilePart part_;
};

class PipeProducer final : public Producer {
 public:
  PipeProducer(Pipe pipe, asio::io_context& io)
      : pipe_(std::move(pipe)), fd_(pipe_.output.get()), io_(io) {
    ::fcntl(fd_, F_SETFL, O_NONBLOCK);
  }

  Pulled pull(std::string& out) override {
    out.resize(kPipePiece);
    const ssize_t count = ::read(fd_, out.data(), out.size());
    const int error = errno;
    out.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count > 0) return Pulled::more;
    if (count < 0 && error == EINTR) return Pulled::more;
    if (count < 0 && error == EAGAIN) return Pulled::wait;
    return Pulled::work;  // its end: how did the program end?
  }

  Pulled work(std::string& out) override {
    out = std::exchange(pipe_.beginning, {});
    if (!started_) {
      started_ = true;
      return Pulled::more;
    }
    if (!pipe_.child) return Pulled::end;
    const ExitStatus status = pipe_.child->wait();
    pipe_.child.reset();
    if (pipe_.on_exit) pipe_.on_exit(status);
    return status.ok() ? Pulled::end : Pulled::failed;
  }

  void arm(const std::function<void()>& resume) override {
    if (!descriptor_) descriptor_.emplace(io_, pipe_.output.release());
    descriptor_->async_wait(Descriptor::wait_read, [resume](error_code error) {
      if (!error) resume();
    });
  }

 private:
  Pipe pipe_;
  const int fd_;
  asio::io_context& io_;
  std::optional<Descriptor> descriptor_;  // owns fd_ from the first wait on
  bool started_ = false;
};

class SourceProducer final : public Producer {
 public:
  SourceProducer(std::unique_ptr<Source> source, std::function<void()> wake)
      : source_(std::move(source)) {
    source_->on_ready(std::move(wake));
  }

  Pulled pull(std::string& /*out*/) override { return Pulled::work; }

  Pulled work(std::string& out) override {
    out.clear();
    switch (source_->read(out)) {
      case Source::Step::more:
        return Pulled::more;
      case Source::Step::wait:
        return Pulled::wait;
      case Source::Step::end:
        return Pulled::end;
    }
    return Pulled::failed;
  }

  void arm(const std::function<void()>& /*resume*/) override {}  // the source has it already

 private:
  std::unique_ptr<Source> source_;
};

}  // namespace

std::unique_ptr<Producer> make_producer(Answer& answer, asio::io_context& io,
                                        std::function<void()> resume) {
  if (auto* file = std::get_if<File>(&answer.body)) {
    return std::make_unique<FileProducer>(std::move(*file), answer.first, answer.length);
  }
  if (auto* pipe = std::get_if<Pipe>(&answer.body)) {
    return std::make_unique<PipeProducer>(std::move(*pipe), io);
  }
  auto& stream = std::get<Stream>(answer.body);
  return std::make_unique<SourceProducer>(std::move(stream.source), std::move(resume));
}

}  // namespace cloudbrain::http
