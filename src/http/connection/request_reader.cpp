#include "http/connection/request_reader.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace cloudbrain::http {

namespace {

namespace beast = boost::beast::http;
using boost::beast::error_code;

Refusal malformed(std::string code, std::string en, std::string zh) {
  return {400, std::move(code), {std::move(en), std::move(zh)}};
}

Refusal too_long(int status, std::size_t limit) {
  const std::string_view what = status == 414 ? "request target" : "head of the request";
  const std::string_view what_zh = status == 414 ? "请求目标" : "请求头";
  return {status,
          status == 414 ? "target_too_long" : "head_too_large",
          {fmt::format("The {} is longer than {} bytes.", what, limit),
           fmt::format("{}超过 {} 字节。", what_zh, limit)}};
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

class RequestReader::Parser final : public beast::basic_parser<true> {
 public:
  explicit Parser(const ReaderLimits& limits) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.head));
    body_limit(boost::none);  // the route's limit is known only after the head
  }

  const ReaderLimits& limits() const { return limits_; }

  std::size_t feed(std::string_view input) {
    error_code error;
    const std::size_t used = put(boost::asio::const_buffer(input.data(), input.size()), error);
    if (error && error != beast::error::need_more) refuse_for(error);
    return used;
  }

  void refuse_for(const error_code& error) {
    if (refusal) return;
    if (error == beast::error::header_limit) {
      refusal = target.empty() ? too_long(414, limits_.target) : too_long(431, limits_.head);
    } else if (error == beast::error::bad_version) {
      refusal = {505,
                 "bad_version",
                 {"Only HTTP/1.0 and HTTP/1.1 are spoken here.", "仅支持 HTTP/1.0 与 HTTP/1.1。"}};
    } else {
      refusal = malformed("bad_request", "The request is no valid HTTP: " + error.message() + ".",
                          "请求不是合法的 HTTP：" + error.message() + "。");
    }
  }

  // What Beast lets pass and another server before or behind us might read differently.
  void check_head(error_code& error) {
    if (target.size() > limits_.target) {
      refusal = too_long(414, limits_.target);
    } else if (hosts_ > 1 || (http_1_1 && hosts_ == 0)) {
      refusal = malformed("bad_host", "An HTTP/1.1 request has exactly one Host header.",
                          "HTTP/1.1 请求必须有且仅有一个 Host 头。");
    } else if (lengths_ > 1) {
      refusal = malformed("bad_length", "The request has more than one Content-Length.",
                          "请求含有多个 Content-Length。");
    } else if (codings_ > 0 &&
               (codings_ > 1 || !equals_ignoring_case(coding_, "chunked") || !chunked())) {
      refusal = {501,
                 "unknown_transfer_coding",
                 {fmt::format("The transfer coding \"{}\" is not known; chunked is.", coding_),
                  fmt::format("不支持传输编码“{}”，仅支持 chunked。", coding_)}};
    } else if (codings_ > 0 && !http_1_1) {
      refusal = malformed("bad_request", "HTTP/1.0 has no Transfer-Encoding.",
                          "HTTP/1.0 不允许 Transfer-Encoding。");
    } else if (!expectation_.empty() && !expects_continue()) {
      refusal = {417,
                 "unknown_expectation",
                 {fmt::format("The expectation \"{}\" is not known.", expectation_),
                  fmt::format("不支持 Expect: {}。", expectation_)}};
    }
    if (refusal) error = beast::error::bad_value;
  }

  // HTTP/1.0 has no interim responses: its Expect is ignored (RFC 9110 section 10.1.1).
  bool expects_continue() const {
    return http_1_1 && equals_ignoring_case(expectation_, "100-continue");
  }

  std::optional<Refusal> refusal;
  std::string method;
  std::string target;
  Headers headers;
  bool http_1_1 = false;
  std::size_t head_bytes = 0;
  std::string* body = nullptr;

 private:
  void on_request_impl(beast::verb /*verb*/, boost::beast::string_view method_text,
                       boost::beast::string_view target_text, int version,
                       error_code& /*error*/) override {
    method = view(method_text);
    target = view(target_text);
    http_1_1 = version >= 11;
  }
  void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::field field, boost::beast::string_view name,
                     boost::beast::string_view value, error_code& /*error*/) override {
    if (is_header_done()) return;  // a trailer: nothing here has a use for one
    hosts_ += field == beast::field::host ? 1 : 0;
    if (field == beast::field::content_length) {
      lengths_ += view(value).find(',') == std::string_view::npos ? 1 : 2;
    }
    if (field == beast::field::transfer_encoding) {
      ++codings_;
      coding_ = view(value);
    }
    if (field == beast::field::expect && http_1_1) expectation_ = view(value);
    headers.add(view(name), view(value));
  }
  void on_header_impl(error_code& error) override { check_head(error); }
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                         error_code& /*error*/) override {}
  std::size_t on_body_impl(boost::beast::string_view bytes, error_code& /*error*/) override {
    body->append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, boost::beast::string_view bytes,
                                 error_code& /*error*/) override {
    body->append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code& /*error*/) override {}

  ReaderLimits limits_;
  int hosts_ = 0;
  int lengths_ = 0;
  int codings_ = 0;
  std::string coding_;
  std::string expectation_;
};

RequestReader::RequestReader(const ReaderLimits& limits)
    : parser_(std::make_unique<Parser>(limits)) {}
RequestReader::~RequestReader() = default;

std::size_t RequestReader::read_head(std::string_view input) {
  std::size_t used = 0;
  if (!parser_->got_some()) {
    // Empty lines before a request are skipped (RFC 9112 section 2.2).
    used = std::min(input.find_first_not_of("\r\n"), input.size());
    parser_->head_bytes += used;
    input.remove_prefix(used);
  }
  // Beast takes a head field by field, and its limit is for what it has not taken yet.
  parser_->eager(false);
  if (!input.empty()) {
    const std::size_t taken = parser_->feed(input);
    parser_->head_bytes += taken;
    used += taken;
    input.remove_prefix(taken);
  }
  const std::size_t pending = head_done() ? 0 : input.size();
  if (parser_->head_bytes + pending > parser_->limits().head) {
    parser_->refuse_for(make_error_code(beast::error::header_limit));
  }
  return used;
}

std::size_t RequestReader::read_body(std::string_view input, std::string& out) {
  // The shortest end of a chunked body, "0\r\n\r\n", is five bytes: more is sure to come.
  // Beast 1.81 asserts that it is not asked about fewer a second time.
  if (parser_->chunked() && input.size() < 5) return 0;
  parser_->body = &out;
  parser_->eager(true);
  const std::size_t used = parser_->feed(input);
  // A chunk's head or the trailers: what is not taken yet must not grow without end.
  if (!body_done() && input.size() - used > parser_->limits().head) {
    parser_->refuse_for(make_error_code(beast::error::bad_chunk));
  }
  return used;
}

bool RequestReader::head_done() const {
  return parser_->is_header_done();
}
bool RequestReader::body_done() const {
  return parser_->is_done();
}
const std::optional<Refusal>& RequestReader::refusal() const {
  return parser_->refusal;
}

void RequestReader::take_head(Request& request) {
  request.method = std::move(parser_->method);
  request.headers = std::move(parser_->headers);
  request.content_length = content_length();
}

const std::string& RequestReader::target() const {
  return parser_->target;
}
bool RequestReader::http_1_1() const {
  return parser_->http_1_1;
}
bool RequestReader::keep_alive() const {
  return parser_->keep_alive();
}
bool RequestReader::expects_continue() const {
  return parser_->expects_continue();
}

std::optional<std::uint64_t> RequestReader::content_length() const {
  const auto length = parser_->content_length();
  return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

}  // namespace cloudbrain::http
