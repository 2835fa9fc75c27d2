// One client's connection. Its methods are its states; each ends by starting the next wait.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/connection/asio.h"
#include "http/connection/exchange.h"
#include "http/connection/request_reader.h"
#include "http/problem.h"

namespace cloudbrain::http {

class IoLoop;

// Everything happens on the loop's I/O thread but the methods named work_…, which run on a worker.
// While one does, the exchange and the members marked so belong to that worker.
//
// Shared, because three may be the last to let go of it: the loop's set, the socket's wait under
// way, a worker's job.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(IoLoop& loop, Socket socket, std::string peer);

  void start();
  void check(SteadyTime now);  // by the loop's sweep: timeouts, keep-alive comments
  void begin_stop();           // ends what is idle or waits; what is under way may finish
  void cut();

 private:
  enum class State {
    idle,       // between requests
    head,       // a request's first byte is here
    body,       // a body comes in, small or into a sink
    working,    // a worker makes the answer or its next piece
    sending,    // the socket takes the piece
    waiting,    // the answer's body waits for news
    lingering,  // all is sent, and the client may still be sending what we refused
    closed,
  };
  using Step = void (Connection::*)();

  // connection.cpp: receiving heads, timeouts, the end.
  void await_input();
  void on_readable();
  std::optional<std::string_view> receive(std::size_t at_most);
  void consume(std::string_view fresh, const std::function<std::size_t(std::string_view)>& read);
  void parse_head(std::string_view fresh);
  void next_request();
  void check_peer();
  void linger();
  void drain();
  void abort();
  void close();
  void set_deadline(std::chrono::milliseconds from_now);

  // connection_dispatch.cpp: from the head, by way of the body, to the handler's answer.
  void begin_exchange();
  void find_handler(const std::vector<std::string>& segments);
  void accept_body();
  bool send_continue();
  void parse_body(std::string_view fresh);
  void run_handler();
  void on_sink();
  void pump_upload();
  void on_written();
  void answer_now(Response response);
  void refuse_now(Refusal refusal);
  bool may_keep_alive() const;
  bool give_to_worker(Step work, Step then, bool is_request);
  void work_handle();
  void work_make_sink();
  void work_write();
  void work_prepare(Response response);
  void work_fail();

  // connection_send.cpp: the answer's way out.
  void on_answer();
  void pull();
  void work_pull();
  void on_pulled();
  void send_piece();
  void flush();
  std::size_t send_some(error_code& error);
  void on_sent();
  void wait_for_news();
  void on_resume();
  std::function<void()> resume_from_any_thread();
  void finish_exchange();
  void report(bool complete);
  void release_exchange();

  IoLoop& loop_;
  Socket socket_;
  const std::string peer_;
  State state_ = State::idle;
  bool input_awaited_ = false;  // a wait for input is under way
  bool peer_watched_ = false;   // the end of input means that nobody wants the answer any more
  bool worker_has_it_ = false;  // the exchange is a worker's
  SteadyTime deadline_ = SteadyTime::max();
  SteadyTime last_sent_;

  std::optional<RequestReader> reader_;  // from a request's first byte to its body's last
  std::string pending_;                  // received, not parsed yet
  std::unique_ptr<Exchange> exchange_;

  std::string filling_;  // of an upload: received, for the next write
  std::string writing_;  // a worker's: what it writes into the sink
  bool last_write_ = false;
  std::optional<Refusal> refusal_;  // came while a worker had the exchange

  std::string piece_;                                // a worker's: the next bytes of the body
  Producer::Pulled pulled_ = Producer::Pulled::end;  // a worker's: what follows them
  std::string chunk_head_;
  std::array<asio::const_buffer, 4> out_;
  Producer::FilePart part_;      // follows out_
  std::uint64_t body_left_ = 0;  // of a sized body
  bool head_sent_ = false;
  bool resumed_ = false;  // there was news before the wait for it
};

}  // namespace cloudbrain::http
