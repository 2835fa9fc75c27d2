#include "cli/net/http_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <tuple>

#include <curl/curl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"

namespace cloudbrain::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kErrorBodyLimit = 1U << 20U;
constexpr long kConnectTimeoutMs = 10'000;
constexpr long kBufferBytes = 256L << 10U;

template <auto free>
struct FreeWith {
  template <typename T>
  void operator()(T* handle) const {
    free(handle);
  }
};
using List = std::unique_ptr<curl_slist, FreeWith<curl_slist_free_all>>;
using Url = std::unique_ptr<CURLU, FreeWith<curl_url_cleanup>>;

void append(List& list, const std::string& text) {
  // The list keeps its head, so that there is one owner all the time.
  curl_slist* head = curl_slist_append(list.get(), text.c_str());
  if (head == nullptr) throw std::bad_alloc();
  std::ignore = list.release();
  list.reset(head);
}

std::string part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_this_machine(const std::string& address) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) return false;
  const std::string host = part_of(url, CURLUPART_HOST);
  return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

[[noreturn]] void throw_failure(CURLcode code, const std::string& server, const char* detail) {
  const std::string reason = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_OPERATION_TIMEDOUT:
      throw Error(
          ErrorKind::unavailable, kUnreachableError,
          {fmt::format("No server answers at {}: {}.", server, reason),
           fmt::format("无法连接服务器 {}：{}。", server, reason)},
          {"Start one with `cloudbrain serve`, or name the right one with --server URL or "
           "CLOUDBRAIN_SERVER.",
           "请用 `cloudbrain serve` 启动服务器，或用 --server URL 或环境变量 CLOUDBRAIN_SERVER "
           "指定正确的地址。"});
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
      throw Error(ErrorKind::unavailable, kUnreachableError,
                  {fmt::format("No trusted connection to {}: {}.", server, reason),
                   fmt::format("无法与 {} 建立可信连接：{}。", server, reason)},
                  {"Use the name the certificate was made for; a private authority is named by "
                   "CURL_CA_BUNDLE=FILE.",
                   "请使用证书中的主机名；私有 CA 可通过 CURL_CA_BUNDLE=FILE 指定。"});
    default:
      throw Error(ErrorKind::unavailable, kConnectionLostError,
                  {fmt::format("The connection to {} broke: {}.", server, reason),
                   fmt::format("与 {} 的连接中断：{}。", server, reason)},
                  {"Try again.", "请重试。"});
  }
}

}  // namespace

struct HttpClient::Handles {
  std::unique_ptr<CURLM, FreeWith<curl_multi_cleanup>> multi{curl_multi_init()};
  std::unique_ptr<CURL, FreeWith<curl_easy_cleanup>> easy{curl_easy_init()};
};

// One call under way: what libcurl calls back into. Nothing is thrown through libcurl.
class HttpClient::Exchange {
 public:
  Exchange(const HttpCall& call, CURL* easy) : call_(call), easy_(easy) { prepare(); }

  HttpAnswer run(CURLM* multi);

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_, option, value);
    if (code != CURLE_OK) throw_failure(code, call_.url, "");
  }
  void prepare();
  void prepare_body();
  void wait(CURLM* multi);
  CURLcode transfer(CURLM* multi);
  void take_head();

  static std::size_t on_receive(char* bytes, std::size_t /*one*/, std::size_t count, void* self);
  static std::size_t on_send(char* room, std::size_t /*one*/, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  std::size_t receive(std::string_view piece);
  std::size_t send(char* room, std::size_t count);

  const HttpCall& call_;
  CURL* easy_;
  List headers_;
  HttpAnswer answer_;
  bool head_taken_ = false;
  std::uint64_t sent_ = 0;
  Clock::time_point last_byte_ = Clock::now();
  std::exception_ptr thrown_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
};

void HttpClient::Exchange::prepare() {
  curl_easy_reset(easy_);
  set(CURLOPT_URL, call_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  set(CURLOPT_BUFFERSIZE, kBufferBytes);
  set(CURLOPT_UPLOAD_BUFFERSIZE, kBufferBytes);
  set(CURLOPT_USERAGENT, "cloudbrain/" CLOUDBRAIN_VERSION);
  set(CURLOPT_ERRORBUFFER, detail_.data());
  set(CURLOPT_WRITEFUNCTION, &Exchange::on_receive);
  set(CURLOPT_WRITEDATA, this);
  if (is_this_machine(call_.url)) set(CURLOPT_PROXY, "");
  prepare_body();
  for (const auto& [name, value] : call_.headers)
    append(headers_, fmt::format("{}: {}", name, value));
  set(CURLOPT_HTTPHEADER, headers_.get());
}

void HttpClient::Exchange::prepare_body() {
  if (call_.file) {
    // libcurl asks "100-continue" first for large bodies: a refusal comes before the gigabytes go.
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(call_.file->size));
    set(CURLOPT_READFUNCTION, &Exchange::on_send);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &Exchange::on_seek);
    set(CURLOPT_SEEKDATA, this);
  } else if (call_.body) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body->size()));
    set(CURLOPT_POSTFIELDS, call_.body->c_str());
    append(headers_, "Expect:");
  }
  set(CURLOPT_CUSTOMREQUEST, call_.method.c_str());
}

HttpAnswer HttpClient::Exchange::run(CURLM* multi) {
  if (curl_multi_add_handle(multi, easy_) != CURLM_OK) throw std::bad_alloc();
  CURLcode code = CURLE_OK;
  try {
    code = transfer(multi);
  } catch (...) {
    curl_multi_remove_handle(multi, easy_);
    throw;
  }
  curl_multi_remove_handle(multi, easy_);
  if (thrown_) std::rethrow_exception(thrown_);
  if (code != CURLE_OK)
    throw_failure(code, server_address(call_.url).value_or(call_.url), detail_.data());
  take_head();
  return std::move(answer_);
}

CURLcode HttpClient::Exchange::transfer(CURLM* multi) {
  int running = 1;
  while (true) {
    curl_multi_perform(multi, &running);
    if (running == 0) break;
    wait(multi);
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi, &left);
  return message != nullptr ? message->data.result : CURLE_FAILED_INIT;
}

void HttpClient::Exchange::wait(CURLM* multi) {
  curl_waitfd interrupt{call_.interrupt, CURL_WAIT_POLLIN, 0};
  constexpr int kIdleMs = 1000;
  int ready = 0;
  curl_multi_poll(multi, &interrupt, call_.interrupt >= 0 ? 1 : 0, kIdleMs, &ready);
  if (interrupt.revents != 0) throw_interrupted();
  if (ready == 0 && call_.on_idle) call_.on_idle();
  if (Clock::now() - last_byte_ > call_.silence_limit) {
    const auto seconds = call_.silence_limit.count();
    throw Error(ErrorKind::unavailable, kConnectionLostError,
                {fmt::format("The server sent nothing for {} s.", seconds),
                 fmt::format("服务器已有 {} 秒没有任何响应。", seconds)},
                {"Try again.", "请重试。"});
  }
}

void HttpClient::Exchange::take_head() {
  if (head_taken_) return;
  head_taken_ = true;
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<int>(status);
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(easy_, CURLH_HEADER, -1, header)) != nullptr) {
    std::string name(header->name);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
      return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    });
    answer_.headers[name] = header->value;
  }
  if (answer_.ok() && call_.on_head) call_.on_head(answer_);
}

std::size_t HttpClient::Exchange::on_receive(char* bytes, std::size_t /*one*/, std::size_t count,
                                             void* self) {
  return static_cast<Exchange*>(self)->receive({bytes, count});
}

std::size_t HttpClient::Exchange::receive(std::string_view piece) {
  try {
    last_byte_ = Clock::now();
    take_head();
    if (answer_.ok() && call_.on_body) {
      call_.on_body(piece);
      last_byte_ = Clock::now();  // however long the reader took, the server was not silent
    } else if (answer_.ok() || answer_.body.size() < kErrorBodyLimit) {
      answer_.body += piece;
    }
    return piece.size();
  } catch (...) {
    thrown_ = std::current_exception();
    return 0;  // libcurl ends the transfer
  }
}

std::size_t HttpClient::Exchange::on_send(char* room, std::size_t /*one*/, std::size_t count,
                                          void* self) {
  return static_cast<Exchange*>(self)->send(room, count);
}

std::size_t HttpClient::Exchange::send(char* room, std::size_t count) {
  try {
    last_byte_ = Clock::now();
    const std::uint64_t left = call_.file->size - sent_;
    if (left == 0) return 0;
    const ssize_t read = ::pread(call_.file->descriptor, room, std::min<std::uint64_t>(count, left),
                                 static_cast<off_t>(call_.file->first + sent_));
    if (read < 0) throw_errno("read", "the file to send");
    if (read == 0) {
      throw Error(ErrorKind::conflict, "file_changed",
                  {fmt::format("The file became shorter than {} bytes while it was sent.",
                               call_.file->size),
                   fmt::format("文件在上传过程中变短，不足 {} 字节。", call_.file->size)},
                  {"Wait until it is complete, then try again.", "请等待文件写完后重试。"});
    }
    sent_ += static_cast<std::uint64_t>(read);
    if (call_.on_sent) call_.on_sent(sent_);
    return static_cast<std::size_t>(read);
  } catch (...) {
    thrown_ = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

// libcurl starts a body again where a connection that was kept open turned out to be closed.
int HttpClient::Exchange::on_seek(void* self, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Exchange*>(self)->sent_ = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

HttpClient::HttpClient() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::bad_alloc();
  handles_ = std::make_unique<Handles>();
  if (handles_->multi == nullptr || handles_->easy == nullptr) throw std::bad_alloc();
}

HttpClient::~HttpClient() {
  handles_.reset();
  curl_global_cleanup();
}

HttpAnswer HttpClient::perform(const HttpCall& call) {
  return Exchange(call, handles_->easy.get()).run(handles_->multi.get());
}

std::string_view HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string> server_address(std::string_view text) {
  const bool has_scheme = text.find("://") != std::string_view::npos;
  const std::string complete = has_scheme ? std::string(text) : "http://" + std::string(text);
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, complete.c_str(), 0) != CURLUE_OK) return std::nullopt;
  const std::string scheme = part_of(url, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!part_of(url, part).empty()) return std::nullopt;
  }
  const std::string port = part_of(url, CURLUPART_PORT);
  std::string path = part_of(url, CURLUPART_PATH);
  while (path.ends_with('/')) path.pop_back();
  return scheme + "://" + part_of(url, CURLUPART_HOST) + (port.empty() ? "" : ":" + port) + path;
}

}  // namespace cloudbrain::cli
