#include <sys/sendfile.h>

#include "base/log.h"
#include "http/connection/connection.h"
#include "http/connection/io_loop.h"
#include "http/connection/memory.h"

namespace cloudbrain::http {

using Pulled = Producer::Pulled;
using Framing = Answer::Framing;

void Connection::on_answer() {
  // The reader stays where the body was not read to its end: there is input to be drained.
  if (reader_ && reader_->all_read()) reader_.reset();
  release_memory(filling_);
  release_memory(writing_);
  head_sent_ = false;
  body_left_ = exchange_->answer.length;
  on_pulled();
}

void Connection::pull() {
  state_ = State::working;
  deadline_ = SteadyTime::max();
  pulled_ = exchange_->producer->pull(piece_);
  if (pulled_ != Pulled::work) return on_pulled();
  give_to_worker(&Connection::work_pull, &Connection::on_pulled, false);
}

void Connection::work_pull() {
  try {
    pulled_ = exchange_->producer->work(piece_);
  } catch (const std::exception& error) {
    log::error("request {}: the body failed after its start: {}", exchange_->request.id,
               error.what());
    pulled_ = Pulled::failed;
  }
}

void Connection::on_pulled() {
  state_ = State::sending;
  if (pulled_ == Pulled::wait && loop_.stopping() && exchange_->is_source) pulled_ = Pulled::end;
  part_ = pulled_ == Pulled::part ? exchange_->producer->part() : Producer::FilePart{};
  const std::uint64_t size = piece_.size() + part_.length;
  if (exchange_->answer.framing == Framing::sized) {
    const bool fits = size <= body_left_;
    if (fits) body_left_ -= size;
    if (!fits || (pulled_ == Pulled::end && body_left_ > 0)) pulled_ = Pulled::failed;
  }
  if (pulled_ == Pulled::failed) return abort();
  exchange_->bytes_out += size;
  if (pulled_ == Pulled::more && piece_.empty()) return on_sent();
  send_piece();
}

// The head, if it is not on its way yet, and the piece go out in one gathered write.
void Connection::send_piece() {
  out_ = {};
  if (!head_sent_) out_[0] = asio::buffer(exchange_->answer.head);
  head_sent_ = true;
  out_[2] = asio::buffer(piece_);
  if (exchange_->answer.framing == Framing::chunked) {
    constexpr std::string_view kAfterChunk = "\r\n";
    constexpr std::string_view kAfterLast = "\r\n0\r\n\r\n";
    const bool last = pulled_ == Pulled::end;
    if (!piece_.empty()) {
      chunk_head_ = fmt::format("{:x}\r\n", piece_.size());
      out_[1] = asio::buffer(chunk_head_);
      out_[3] = last ? asio::buffer(kAfterLast) : asio::buffer(kAfterChunk);
    } else if (last) {
      out_[3] = asio::buffer(kAfterLast.substr(kAfterChunk.size()));
    }
  }
  set_deadline(loop_.context().options.stall_timeout);
  flush();
}

void Connection::flush() {
  while (asio::buffer_size(out_) + part_.length > 0) {
    error_code error;
    const std::size_t sent = send_some(error);
    if (error == asio::error::would_block) {
      socket_.async_wait(Socket::wait_write, [self = shared_from_this()](error_code /*error*/) {
        if (self->state_ == State::sending) self->flush();
      });
      return;
    }
    if (error || sent == 0) return abort();  // 0: the file was made shorter
    set_deadline(loop_.context().options.stall_timeout);
  }
  last_sent_ = std::chrono::steady_clock::now();
  on_sent();
}

std::size_t Connection::send_some(error_code& error) {
  if (asio::buffer_size(out_) == 0) {
    const ssize_t sent = ::sendfile(socket_.native_handle(), part_.fd, &part_.at, part_.length);
    if (sent < 0) error.assign(errno, boost::system::system_category());
    const std::size_t count = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    part_.length -= count;
    return count;
  }
  const std::size_t sent = socket_.write_some(out_, error);
  std::size_t left = sent;
  for (asio::const_buffer& buffer : out_) {
    const std::size_t taken = std::min(left, buffer.size());
    buffer += taken;
    left -= taken;
  }
  return sent;
}

void Connection::on_sent() {
  switch (pulled_) {
    case Pulled::more:
    case Pulled::part:
      // By way of the loop: a fast client must not keep the others from their turn.
      asio::post(loop_.io(), [self = shared_from_this()] {
        if (self->state_ == State::sending) self->pull();
      });
      return;
    case Pulled::wait:
      return wait_for_news();
    case Pulled::end:
    case Pulled::work:
    case Pulled::failed:
      return finish_exchange();
  }
}

// Holds neither a thread nor a buffer.
void Connection::wait_for_news() {
  if (std::exchange(resumed_, false)) return pull();
  state_ = State::waiting;
  deadline_ = SteadyTime::max();
  release_memory(piece_);
  release_memory(exchange_->answer.head);
  release_memory(exchange_->request.body);
  exchange_->request.headers = {};
  exchange_->producer->arm(resume_from_any_thread());
  peer_watched_ = true;
  await_input();
}

void Connection::on_resume() {
  if (state_ == State::waiting) {
    pull();
  } else {
    resumed_ = true;
  }
}

std::function<void()> Connection::resume_from_any_thread() {
  struct Wake {
    std::weak_ptr<Connection> connection;
    asio::io_context& io;
    std::atomic<bool> posted{false};
  };
  auto wake = std::make_shared<Wake>(weak_from_this(), loop_.io());
  return [wake] {
    if (wake->posted.exchange(true)) return;
    asio::post(wake->io, [wake] {
      wake->posted = false;  // before the read that this leads to, so that no news is lost
      if (const auto connection = wake->connection.lock()) connection->on_resume();
    });
  };
}

void Connection::finish_exchange() {
  report(true);
  const bool unread = reader_.has_value();
  const bool keep_alive = exchange_->answer.keep_alive && !loop_.stopping();
  release_exchange();
  release_memory(piece_);
  if (unread) return linger();
  if (!keep_alive) return close();
  next_request();
}

void Connection::report(bool complete) {
  const auto& on_finished = loop_.context().options.on_finished;
  if (!on_finished) return;
  const Exchange& exchange = *exchange_;
  std::string_view pattern;
  if (exchange.route != nullptr) pattern = exchange.route->pattern;
  const auto took = std::chrono::steady_clock::now() - exchange.began;
  on_finished({.method = exchange.request.method,
               .pattern = pattern,
               .path = exchange.request.path,
               .peer = exchange.request.peer,
               .request_id = exchange.request.id,
               .status = exchange.answer.status,
               .complete = complete,
               .bytes_in = exchange.bytes_in,
               .bytes_out = exchange.bytes_out,
               .duration = std::chrono::duration_cast<std::chrono::microseconds>(took)});
}

// What a handler made is destroyed on a worker: closing, killing and waiting take time.
void Connection::release_exchange() {
  if (!exchange_->sink && !exchange_->producer) return exchange_.reset();
  loop_.context().workers.post(
      [doomed = std::shared_ptr<Exchange>(std::move(exchange_))] { static_cast<void>(doomed); });
}

}  // namespace cloudbrain::http
