#include "api/console_files.h"

#include <span>
#include <string_view>

#include "api/embedded_files.h"
#include "base/error.h"

namespace cloudbrain::api {

namespace {

const EmbeddedFile* find(std::string_view path) {
  for (const EmbeddedFile& file : embedded_console()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

std::string_view content_type(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTypes{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".woff2", "font/woff2"},
      {".json", "application/json"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".txt", "text/plain; charset=utf-8"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

// The variant the client accepts: brotli, gzip, or plain.
http::Response serve(const http::Request& request, const EmbeddedFile& plain) {
  const std::string accepted = request.headers.list("Accept-Encoding");
  const EmbeddedFile* chosen = &plain;
  std::string_view encoding;
  for (const auto& [name, ending] : {std::pair("br", ".br"), std::pair("gzip", ".gz")}) {
    const EmbeddedFile* packed = find(std::string(plain.path) + ending);
    if (packed == nullptr || accepted.find(name) == std::string::npos) continue;
    chosen = packed;
    encoding = name;
    break;
  }
  http::Response response =
      http::Response::text(std::string(chosen->bytes), content_type(plain.path));
  if (!encoding.empty()) response.headers.set("Content-Encoding", encoding);
  response.headers.set("Vary", "Accept-Encoding");
  // Names of assets hold a hash of their content; the page that names them is asked for each time.
  response.headers.set("Cache-Control", plain.path.starts_with("/assets/")
                                            ? "public, max-age=31536000, immutable"
                                            : "no-cache");
  return response;
}

bool is_console_page(std::string_view path) {
  return !path.starts_with("/api/") && !path.starts_with("/assets/");
}

}  // namespace

http::Response console_response(const http::Request& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads) {
    if (const EmbeddedFile* file = find(request.path)) return serve(request, *file);
    const EmbeddedFile* page = find("/index.html");
    if (page != nullptr && is_console_page(request.path)) return serve(request, *page);
  }
  throw Error(ErrorKind::missing, "no_such_address",
              {"There is nothing at " + request.path + ".", "地址 " + request.path + " 不存在。"});
}

}  // namespace cloudbrain::api
