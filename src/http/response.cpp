#include "http/response.h"

#include <ctime>

#include <sys/stat.h>

#include "http/dates.h"

namespace cloudbrain::http {

namespace {

Response made(int status, std::string_view content_type, Body body) {
  Response response{.status = status, .headers = {}, .body = std::move(body)};
  if (!content_type.empty()) response.headers.set("Content-Type", content_type);
  return response;
}

// attr-char of RFC 8187 section 3.2.1.
bool is_attribute_character(char c) {
  constexpr std::string_view kOther = "!#$&+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOther.find(c) != std::string_view::npos;
}

}  // namespace

Response Response::empty(int status) {
  return made(status, {}, std::string());
}

Response Response::text(std::string text, std::string_view content_type, int status) {
  return made(status, content_type, std::move(text));
}

Response Response::json(std::string text, int status) {
  return made(status, "application/json", std::move(text));
}

Response Response::redirect(std::string_view location, int status) {
  Response response = empty(status);
  response.headers.set("Location", location);
  return response;
}

Response Response::file(Fd fd, std::string_view content_type) {
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) throw_errno("fstat", "an opened file");
  if (!S_ISREG(info.st_mode)) {
    throw Error(
        ErrorKind::invalid, "not_a_file",
        {"This is no regular file and cannot be downloaded.", "这不是普通文件，无法下载。"});
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
  Response response = made(200, content_type, File{std::move(fd), size});
  response.headers.set("ETag", fmt::format("\"{:x}-{:x}-{:x}{:08x}\"", info.st_ino, size,
                                           info.st_mtim.tv_sec, info.st_mtim.tv_nsec));
  response.headers.set("Last-Modified", http_date(info.st_mtim.tv_sec));
  return response;
}

Response Response::pipe(Pipe pipe, std::string_view content_type) {
  return made(200, content_type, std::move(pipe));
}

Response Response::stream(std::unique_ptr<Source> source, std::string_view content_type,
                          std::optional<std::uint64_t> size) {
  return made(200, content_type,
              Stream{.source = std::move(source), .size = size, .keep_alive_comments = false});
}

Response Response::events(std::unique_ptr<Source> source) {
  Response response =
      made(200, "text/event-stream",
           Stream{.source = std::move(source), .size = std::nullopt, .keep_alive_comments = true});
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Accel-Buffering", "no");
  return response;
}

std::string attachment(std::string_view file_name) {
  std::string plain;
  std::string extended;
  for (const char c : file_name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool quotable = byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '%';
    plain += quotable ? c : '_';
    extended += is_attribute_character(c) ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  if (plain == file_name) return fmt::format("attachment; filename=\"{}\"", plain);
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, extended);
}

}  // namespace cloudbrain::http
