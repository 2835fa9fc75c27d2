#include "base/log.h"
#include "http/connection/connection.h"
#include "http/connection/io_loop.h"
#include "http/connection/syntax.h"
#include "http/connection/target.h"

namespace cloudbrain::http {

namespace {

constexpr std::uint64_t kSmallBody = 1U << 20U;

std::string client_behind(const std::string& peer, const Request& request,
                          const std::vector<std::string>& trusted_proxies) {
  if (std::find(trusted_proxies.begin(), trusted_proxies.end(), peer) == trusted_proxies.end()) {
    return peer;
  }
  const std::string forwarded = request.headers.list("X-Forwarded-For");
  // The last entry is the one our proxy wrote; those before it are whatever the client claims.
  const std::string_view last =
      trimmed(std::string_view(forwarded).substr(forwarded.rfind(',') + 1));
  return last.empty() ? peer : std::string(last);
}

std::string join(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

bool Connection::may_keep_alive() const {
  return !loop_.stopping() && reader_ && reader_->all_read() && reader_->keep_alive();
}

void Connection::begin_exchange() {
  ServerContext& context = loop_.context();
  exchange_ = std::make_unique<Exchange>();
  exchange_->began = std::chrono::steady_clock::now();
  resumed_ = false;  // a source may have news before its first read has returned
  exchange_->rules = {reader_->http_1_1(), false, &context.options.add_headers};
  Request& request = exchange_->request;
  request.id = context.next_request_id();
  reader_->take_head(request);
  request.peer = client_behind(peer_, request, context.options.trusted_proxies);
  Target target;
  try {
    target = decode_target(reader_->target());
  } catch (const Error& error) {
    return answer_now(problem(error, request));
  }
  request.path = std::move(target.path);
  request.query_values = std::move(target.query);
  find_handler(target.segments);
}

void Connection::find_handler(const std::vector<std::string>& segments) {
  const Router& router = loop_.context().router;
  Request& request = exchange_->request;
  Router::Match match = router.match(request.method, segments);
  if (match.route != nullptr) {
    exchange_->route = match.route;
    exchange_->handler = std::get_if<Handler>(&match.route->handler);
    exchange_->streaming = std::get_if<StreamingHandler>(&match.route->handler);
    const std::uint64_t otherwise = exchange_->handler != nullptr ? kSmallBody : UINT64_MAX;
    exchange_->body_limit = match.route->body_limit.value_or(otherwise);
    request.args = std::move(match.args);
    return accept_body();
  }
  if (!match.allowed.empty()) {
    match.allowed.emplace_back("OPTIONS");
    const std::string allowed = join(match.allowed);
    Response response = request.method == "OPTIONS"
                            ? Response::empty()
                            : refuse(method_not_allowed(request, allowed), request);
    response.headers.set("Allow", allowed);
    return answer_now(std::move(response));
  }
  if (request.path == "*" && request.method == "OPTIONS") return answer_now(Response::empty());
  if (!router.fallback()) return refuse_now(not_found(request));
  exchange_->handler = &router.fallback();
  exchange_->body_limit = kSmallBody;
  accept_body();
}

void Connection::accept_body() {
  const std::uint64_t limit = exchange_->body_limit;
  if (reader_->content_length().value_or(0) > limit) return refuse_now(body_too_large(limit));
  if (exchange_->streaming != nullptr || reader_->body_done()) return run_handler();
  if (!send_continue()) return;
  state_ = State::body;
  parse_body({});
}

// False, and the connection is gone, where it cannot be sent.
bool Connection::send_continue() {
  if (!reader_->expects_continue() || reader_->body_done() || !pending_.empty()) return true;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  error_code error;
  const std::size_t sent = socket_.write_some(asio::buffer(kContinue), error);
  // The socket's buffer is empty here, or the client does not read its answers.
  if (!error && sent == kContinue.size()) return true;
  abort();
  return false;
}

void Connection::parse_body(std::string_view fresh) {
  std::string& out = exchange_->streaming != nullptr ? filling_ : exchange_->request.body;
  const std::size_t before = out.size();
  if (!fresh.empty() || !pending_.empty()) {
    consume(fresh, [&](std::string_view input) { return reader_->read_body(input, out); });
  }
  exchange_->bytes_in += out.size() - before;
  if (reader_->refusal()) return refuse_now(*reader_->refusal());
  if (exchange_->bytes_in > exchange_->body_limit) {
    return refuse_now(body_too_large(exchange_->body_limit));
  }
  if (exchange_->streaming != nullptr) return pump_upload();
  if (reader_->body_done()) return run_handler();
  set_deadline(loop_.context().options.stall_timeout);
  await_input();
}

void Connection::run_handler() {
  exchange_->rules.keep_alive = may_keep_alive();
  state_ = State::working;
  const bool streams = exchange_->streaming != nullptr;
  const bool taken = streams
                         ? give_to_worker(&Connection::work_make_sink, &Connection::on_sink, true)
                         : give_to_worker(&Connection::work_handle, &Connection::on_answer, true);
  if (!taken) refuse_now(overloaded());
}

void Connection::on_sink() {
  if (!exchange_->sink) return on_answer();
  if (!send_continue()) return;
  state_ = State::body;
  parse_body({});
}

// Gives the worker what has come and goes on receiving meanwhile; a slow sink slows the client
// down.
void Connection::pump_upload() {
  const bool done = reader_->body_done();
  if (!worker_has_it_ && (done || !filling_.empty())) {
    writing_.swap(filling_);
    filling_.clear();
    last_write_ = done;
    exchange_->rules.keep_alive = may_keep_alive();
    give_to_worker(&Connection::work_write, &Connection::on_written, false);
  }
  deadline_ = SteadyTime::max();
  if (done || filling_.size() >= loop_.scratch().size()) return;
  set_deadline(loop_.context().options.stall_timeout);
  await_input();
}

void Connection::on_written() {
  if (refusal_) return refuse_now(*std::exchange(refusal_, std::nullopt));
  if (exchange_->sink) return pump_upload();
  on_answer();
}

// For an answer that needs no worker: its body is text.
void Connection::answer_now(Response response) {
  exchange_->rules.keep_alive = may_keep_alive();
  exchange_->answer = prepare_answer(exchange_->request, std::move(response), exchange_->rules);
  piece_ = std::move(std::get<std::string>(exchange_->answer.body));
  pulled_ = Producer::Pulled::end;
  on_answer();
}

void Connection::refuse_now(Refusal refusal) {
  if (worker_has_it_) {
    deadline_ = SteadyTime::max();
    refusal_ = std::move(refusal);
    return;
  }
  if (!exchange_) {  // not even a head
    exchange_ = std::make_unique<Exchange>();
    exchange_->began = std::chrono::steady_clock::now();
    exchange_->rules.add_headers = &loop_.context().options.add_headers;
    exchange_->request.id = loop_.context().next_request_id();
    exchange_->request.peer = peer_;
  }
  answer_now(refuse(refusal, exchange_->request));
}

// False where too many requests wait for a worker.
bool Connection::give_to_worker(Step work, Step then, bool is_request) {
  worker_has_it_ = true;
  auto job = [self = shared_from_this(), work, then] {
    (self.get()->*work)();
    Connection& connection = *self;
    asio::post(connection.loop_.io(), [self, then] {
      self->worker_has_it_ = false;
      if (self->state_ != State::closed) return (self.get()->*then)();
      self->report(false);
      self->release_exchange();
    });
  };
  Workers& workers = loop_.context().workers;
  if (!is_request) {
    workers.post(std::move(job));
  } else if (!workers.try_post(std::move(job))) {
    worker_has_it_ = false;
  }
  return worker_has_it_;
}

void Connection::work_handle() {
  try {
    work_prepare((*exchange_->handler)(exchange_->request));
  } catch (...) {
    work_fail();
  }
}

void Connection::work_make_sink() {
  try {
    exchange_->sink = (*exchange_->streaming)(exchange_->request);
    if (exchange_->sink) return;
    throw Error(ErrorKind::internal, "no_sink",
                {"The handler made no sink.", "未能创建上传接收器。"});
  } catch (...) {
    work_fail();
  }
}

void Connection::work_write() {
  try {
    if (!writing_.empty()) exchange_->sink->write(writing_);
    if (!last_write_) return;
    Response response = exchange_->sink->finish();
    exchange_->sink.reset();
    work_prepare(std::move(response));
  } catch (...) {
    work_fail();
  }
}

// Makes the answer and the first piece of its body, so that a small one needs no second worker.
void Connection::work_prepare(Response response) {
  Exchange& exchange = *exchange_;
  if (const auto* stream = std::get_if<Stream>(&response.body)) {
    exchange.is_source = true;
    exchange.keep_alive_comments = stream->keep_alive_comments;
  }
  exchange.answer = prepare_answer(exchange.request, std::move(response), exchange.rules);
  pulled_ = Producer::Pulled::end;
  piece_.clear();
  if (auto* text = std::get_if<std::string>(&exchange.answer.body)) {
    piece_ = std::move(*text);
    return;
  }
  exchange.producer = make_producer(exchange.answer, loop_.io(), resume_from_any_thread());
  pulled_ = exchange.producer->work(piece_);
}

// Answers the exception under way.
void Connection::work_fail() {
  Exchange& exchange = *exchange_;
  exchange.sink.reset();
  exchange.producer.reset();
  exchange.is_source = false;
  static const std::string kNone;
  const Route* route = exchange.route;
  const std::string& challenge = route != nullptr ? route->challenge : kNone;
  const auto statuses = route != nullptr ? route->statuses : std::span<const StatusOfCode>{};
  work_prepare(answer_exception(std::current_exception(), exchange.request, challenge, statuses));
}

}  // namespace cloudbrain::http
