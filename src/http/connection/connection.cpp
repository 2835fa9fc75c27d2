#include "http/connection/connection.h"

#include "http/connection/io_loop.h"
#include "http/connection/memory.h"

namespace cloudbrain::http {

namespace {

// A client that is refused goes on sending what it had begun. Closing at once would reset the
// connection and take the answer with it (RFC 9112 section 9.6).
constexpr std::chrono::seconds kLinger{30};
constexpr int kDrainAtOnce = 16;

}  // namespace

Connection::Connection(IoLoop& loop, Socket socket, std::string peer)
    : loop_(loop), socket_(std::move(socket)), peer_(std::move(peer)) {}

void Connection::start() {
  error_code ignored;
  std::ignore = socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  std::ignore = socket_.non_blocking(true, ignored);
  next_request();
}

void Connection::next_request() {
  state_ = State::idle;
  peer_watched_ = false;
  set_deadline(loop_.context().options.idle_timeout);
  if (pending_.empty()) {
    release_memory(pending_);
    return await_input();
  }
  // Pipelined. By way of the loop, so that others get their turn.
  asio::post(loop_.io(), [self = shared_from_this()] {
    if (self->state_ == State::idle) self->parse_head({});
  });
}

void Connection::await_input() {
  if (input_awaited_) return;
  input_awaited_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code /*error*/) {
    self->input_awaited_ = false;
    self->on_readable();
  });
}

void Connection::on_readable() {
  switch (state_) {
    case State::idle:
    case State::head: {
      const auto fresh = receive(loop_.context().options.head_limit);
      if (!fresh) return await_input();
      if (fresh->empty()) return close();
      return parse_head(*fresh);
    }
    case State::body: {
      const auto fresh = receive(loop_.scratch().size() - filling_.size());
      if (!fresh) return await_input();
      if (fresh->empty()) return abort();
      return parse_body(*fresh);
    }
    case State::working:
    case State::sending:
    case State::waiting:
      return check_peer();
    case State::lingering:
      return drain();
    case State::closed:
      return;
  }
}

// nullopt: nothing there. Empty: the client has closed.
std::optional<std::string_view> Connection::receive(std::size_t at_most) {
  std::string& scratch = loop_.scratch();
  error_code error;
  const std::size_t count =
      socket_.receive(asio::buffer(scratch.data(), std::min(at_most, scratch.size())), 0, error);
  if (error == asio::error::would_block) return std::nullopt;
  return std::string_view(scratch.data(), error ? 0 : count);
}

// Lets `read` take what it can of what is there; keeps the rest.
void Connection::consume(std::string_view fresh,
                         const std::function<std::size_t(std::string_view)>& read) {
  if (pending_.empty()) {
    pending_.assign(fresh.substr(read(fresh)));
  } else {
    pending_.append(fresh);
    pending_.erase(0, read(std::string_view(pending_)));
  }
}

void Connection::parse_head(std::string_view fresh) {
  const ServerOptions& options = loop_.context().options;
  if (!reader_) {
    reader_.emplace(ReaderLimits{options.head_limit, options.target_limit});
    state_ = State::head;
    // For the whole head: a byte now and then does not help.
    set_deadline(options.head_timeout);
  }
  consume(fresh, [this](std::string_view input) { return reader_->read_head(input); });
  if (reader_->refusal()) return refuse_now(*reader_->refusal());
  if (!reader_->head_done()) return await_input();
  begin_exchange();
}

void Connection::check(SteadyTime now) {
  const ServerOptions& options = loop_.context().options;
  if (state_ == State::waiting && exchange_->keep_alive_comments &&
      now - last_sent_ >= options.keep_alive_comment) {
    state_ = State::sending;
    piece_ = ":\n\n";
    pulled_ = Producer::Pulled::wait;
    return send_piece();
  }
  if (now < deadline_) return;
  switch (state_) {
    case State::idle:
    case State::lingering:
      return close();
    case State::head:
    case State::body:
      return refuse_now(timed_out());
    case State::sending:
      return abort();
    case State::working:
    case State::waiting:
    case State::closed:
      return;
  }
}

void Connection::begin_stop() {
  switch (state_) {
    case State::idle:
    case State::head:
    case State::lingering:
      return close();
    case State::waiting:
      if (!exchange_->is_source) return;
      pulled_ = Producer::Pulled::end;
      piece_.clear();
      return on_pulled();
    case State::body:
    case State::working:
    case State::sending:
    case State::closed:
      return;
  }
}

void Connection::cut() {
  if (state_ != State::closed) abort();
}

// While an answer waits for news, the end of the client's input is how we learn that it left.
void Connection::check_peer() {
  if (!peer_watched_) return;
  char byte = 0;
  error_code error;
  socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, error);
  if (error == asio::error::would_block) return await_input();
  if (error) abort();
  // Else it is the next request, which has to wait; a closed client will show when we send.
}

void Connection::linger() {
  error_code ignored;
  std::ignore = socket_.shutdown(Socket::shutdown_send, ignored);
  state_ = State::lingering;
  set_deadline(kLinger);
  drain();
}

void Connection::drain() {
  for (int i = 0; i < kDrainAtOnce; ++i) {
    const auto fresh = receive(loop_.scratch().size());
    if (!fresh) return await_input();
    if (fresh->empty()) return close();
  }
  await_input();
}

// By a reset, so that a body cut short is not taken for a whole one.
void Connection::abort() {
  error_code ignored;
  std::ignore = socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
  if (!exchange_ || worker_has_it_) return;  // the worker's return does the rest
  report(false);
  release_exchange();
}

void Connection::close() {
  state_ = State::closed;
  error_code ignored;
  std::ignore = socket_.close(ignored);
  loop_.forget(shared_from_this());
}

void Connection::set_deadline(std::chrono::milliseconds from_now) {
  deadline_ = std::chrono::steady_clock::now() + from_now;
}

}  // namespace cloudbrain::http
