#include "git/importing/import_address.h"

#include <array>
#include <charconv>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/json.h"
#include "domain/names.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kLongest = 2000;

Error refused(std::string code, std::string en, std::string zh) {
  return Error::fields({{"import_url", std::move(code), {std::move(en), std::move(zh)}}});
}

Error no_url(std::string_view url) {
  const std::string_view shown = is_utf8(url) ? first_characters(url, 200) : "?";
  return refused(
      "import_url",
      fmt::format("\"{}\" is no address of a git repository; one looks like "
                  "https://example.com/team/code.git.",
                  shown),
      fmt::format("“{}”不是 git 仓库地址；正确的形式如 https://example.com/team/code.git。",
                  shown));
}

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "http") return 80;
  return scheme == "https" ? 443 : 9418;
}

struct Block {
  std::uint32_t first;
  int bits;
};

// What is not public of IPv4 (RFC 6890 and its registry).
constexpr std::array kSpecial4{
    Block{0x00000000, 8},  Block{0x0a000000, 8},  Block{0x64400000, 10}, Block{0x7f000000, 8},
    Block{0xa9fe0000, 16}, Block{0xac100000, 12}, Block{0xc0000000, 24}, Block{0xc0000200, 24},
    Block{0xc0586300, 24}, Block{0xc0a80000, 16}, Block{0xc6120000, 15}, Block{0xc6336400, 24},
    Block{0xcb007100, 24}, Block{0xe0000000, 3},
};

bool is_public4(std::uint32_t address) {
  return std::ranges::none_of(kSpecial4, [&](const Block& block) {
    return ((address ^ block.first) >> (32 - block.bits)) == 0;
  });
}

// Only global unicast, 2000::/3, and of that not what carries an IPv4 address (Teredo in 2001::/23,
// 6to4 in 2002::/16) nor the documentation's block.
bool is_public6(const std::array<unsigned char, 16>& bytes) {
  const unsigned first = bytes[0] * 256U + bytes[1];
  const unsigned second = bytes[2] * 256U + bytes[3];
  if ((bytes[0] & 0xe0U) != 0x20U || first == 0x2002) return false;
  return first != 0x2001 || (second >= 0x0200 && second != 0x0db8);
}

// A host as it may stand in a URL and in curl's CURLOPT_RESOLVE.
bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '-' && host.front() != '.' &&
         std::ranges::all_of(host, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

bool is_address(int family, const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(family, text.c_str(), bytes.data()) == 1;
}

// "0x7f.1" and "2130706433" are addresses to some programs and names to others: neither to us.
bool is_ambiguous(const std::string& host) {
  const std::string_view last = std::string_view(host).substr(host.rfind('.') + 1);
  const bool numeric = last.empty() || (last.front() >= '0' && last.front() <= '9');
  return numeric && !is_address(AF_INET, host);
}

// "host", "host:port", "[v6]", "[v6]:port".
void parse_authority(ImportAddress& address, std::string_view authority, std::string_view url) {
  const bool bracketed = authority.starts_with('[');
  const std::size_t end = bracketed ? authority.find(']') : authority.find(':');
  if (bracketed && end == std::string_view::npos) throw no_url(url);
  address.host = lower_case(bracketed ? authority.substr(1, end - 1) : authority.substr(0, end));
  std::string_view rest;
  if (end != std::string_view::npos) rest = authority.substr(bracketed ? end + 1 : end);
  const bool fine = bracketed ? is_address(AF_INET6, address.host)
                              : is_host_name(address.host) && !is_ambiguous(address.host);
  if (!fine) throw no_url(url);
  address.port = default_port(address.scheme);
  if (rest.empty()) return;
  const char* last = rest.data() + rest.size();
  const auto parsed = std::from_chars(rest.data() + 1, last, address.port);
  if (rest[0] != ':' || parsed.ec != std::errc() || parsed.ptr != last || address.port == 0) {
    throw no_url(url);
  }
}

// What `host` resolves to; empty where it does not.
std::vector<std::string> addresses_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  return addresses;
}

}  // namespace

std::string ImportAddress::url() const {
  const bool bracketed = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}{}", scheme, bracketed ? "[" : "", host, bracketed ? "]" : "",
                     port, path);
}

ImportAddress parse_import_url(std::string_view url) {
  const bool plain = url.size() <= kLongest && std::ranges::all_of(url, [](char c) {
                       return c > 0x20 && c < 0x7f && c != '\\' && c != '#';
                     });
  if (url.empty() || !plain) throw no_url(url);
  ImportAddress address;
  const std::size_t colon = url.find(':');
  address.scheme = lower_case(url.substr(0, colon));
  if (address.scheme != "http" && address.scheme != "https" && address.scheme != "git") {
    throw refused("import_scheme",
                  fmt::format("\"{}\" cannot be imported: the address begins with https://, "
                              "http:// or git://.",
                              first_characters(url, 200)),
                  fmt::format("无法导入“{}”：地址须以 https://、http:// 或 git:// 开头。",
                              first_characters(url, 200)));
  }
  url.remove_prefix(colon);
  if (!url.starts_with("://")) throw no_url(url);
  const std::string_view rest = url.substr(3);
  const std::size_t slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  if (slash == std::string_view::npos || authority.find('?') != std::string_view::npos) {
    throw no_url(rest);
  }
  if (authority.find('@') != std::string_view::npos) {
    throw refused("import_url_password",
                  "The address has a user name in it; put user name and password into their own "
                  "fields.",
                  "地址中含有用户名；请将用户名和密码填写在各自的字段中。");
  }
  parse_authority(address, authority, rest);
  address.path = rest.substr(slash);
  return address;
}

void resolve_import_host(ImportAddress& address, bool allow_private_addresses) {
  address.peers = addresses_of(address.host);
  if (address.peers.empty()) {
    throw refused("import_host", fmt::format("There is no host \"{}\".", address.host),
                  fmt::format("找不到主机“{}”。", address.host));
  }
  if (allow_private_addresses) return;
  for (const std::string& peer : address.peers) {
    if (is_public_address(peer)) continue;
    throw refused(
        "import_private",
        fmt::format("\"{}\" is in a private network, from which nothing is imported; an "
                    "administrator can allow it in the settings.",
                    address.host),
        fmt::format("“{}”位于私有网络，不允许从中导入；管理员可在设置中允许。", address.host));
  }
}

bool is_public_address(std::string_view address) {
  const std::string text(address);
  in_addr four{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return is_public4(ntohl(four.s_addr));
  std::array<unsigned char, 16> six{};
  return ::inet_pton(AF_INET6, text.c_str(), six.data()) == 1 && is_public6(six);
}

}  // namespace cloudbrain
