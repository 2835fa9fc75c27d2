// Which addresses an import may go to. A server that fetches what a user names must not become
// their way into the network it stands in (server-side request forgery).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cloudbrain {

// A URL of git over http, https or git://, taken apart.
struct ImportAddress {
  std::string scheme;  // http, https or git
  std::string host;    // a name or an address, an IPv6 one without brackets
  std::uint16_t port = 0;
  std::string path;                // with its leading slash
  std::vector<std::string> peers;  // the addresses that `host` stands for, as checked

  // The URL again, less what git could take for something else.
  std::string url() const;
};

// Takes the URL apart without asking anybody. Throws Error invalid (field import_url):
// "import_scheme" for anything but http, https and git (file://, ssh://, ext::, a path),
// "import_url" for what is no such URL, "import_url_password" for one with a user name in it.
ImportAddress parse_import_url(std::string_view url);

// Fills `peers` by asking the system's resolver (seconds where it is slow). Throws Error invalid
// (field import_url): "import_host" where there is no such host, and "import_private" where any of
// its addresses is not public, unless that is allowed.
void resolve_import_host(ImportAddress& address, bool allow_private_addresses);

// True for an address of the public internet: nothing private, loopback, link-local, multicast,
// reserved, or translated to such (IANA's special-purpose registries, RFC 6890). False for text
// that is no address.
bool is_public_address(std::string_view address);

}  // namespace cloudbrain
