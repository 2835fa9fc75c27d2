#include "git/importing/import_address.h"

#include "git_test.h"

namespace cloudbrain {
namespace {

std::string refusal(std::string_view url, bool resolve = false, bool allow_private = false) {
  try {
    ImportAddress address = parse_import_url(url);
    if (resolve) resolve_import_host(address, allow_private);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.problems().size(), 1U);
    EXPECT_EQ(error.problems()[0].field, "import_url");
    EXPECT_FALSE(error.problems()[0].message.zh.empty());
    return error.problems()[0].code;
  }
}

TEST(ImportAddress, AUrlIsTakenApart) {
  const ImportAddress address = parse_import_url("HTTPS://Example.COM/team/code.git?x=1");
  EXPECT_EQ(address.scheme, "https");
  EXPECT_EQ(address.host, "example.com");
  EXPECT_EQ(address.port, 443);
  EXPECT_EQ(address.url(), "https://example.com:443/team/code.git?x=1");
  EXPECT_EQ(parse_import_url("git://[2001:db8::1]/x").url(), "git://[2001:db8::1]:9418/x");
  EXPECT_EQ(parse_import_url("http://127.0.0.1:8080/x").port, 8080);
}

TEST(ImportAddress, OnlyHttpHttpsAndGitAreSchemes) {
  for (const char* url :
       {"file:///etc/passwd", "ext::sh -c id", "ext::x", "ssh://git@example.com/x",
        "git@example.com:team/code", "/srv/git/x", "../x", "ftp://example.com/x", "fd::0",
        "https+git://example.com/x", "transport::https://example.com/x"}) {
    EXPECT_THAT(refusal(url), testing::AnyOf("import_scheme", "import_url")) << url;
  }
  EXPECT_EQ(refusal("file:///etc/passwd"), "import_scheme");
  EXPECT_EQ(refusal("ext::x"), "import_scheme");
}

TEST(ImportAddress, WhatCouldBeReadInTwoWaysIsRefused) {
  for (const char* url : {"",
                          "https:",
                          "https://",
                          "https://example.com",
                          "https:///x",
                          "https://-oProxy=x/y",
                          "https://exa mple.com/x",
                          "https://example.com\\@evil/x",
                          "https://example.com/x\n",
                          "https://example.com:0/x",
                          "https://example.com:70000/x",
                          "https://example.com:80x/y",
                          "https://[::1/x",
                          "https://[::1]x/y",
                          "https://example.com?/x",
                          "https://0x7f.1/x",
                          "https://2130706433/x",
                          "https://127.1/x",
                          "https://0177.0.0.1/x",
                          "https://1.2.3.4./x",
                          "https://example.com,127.0.0.1/x",
                          "https://ex%61mple.com/x",
                          "https://example.com/x#y"}) {
    EXPECT_EQ(refusal(url), "import_url") << url;
  }
  EXPECT_EQ(refusal("https://ann:secret@example.com/x"), "import_url_password");
  EXPECT_EQ(refusal("https://example.com@127.0.0.1/x"), "import_url_password");
}

TEST(ImportAddress, PrivateAddressesAreNotPublic) {
  for (const char* address : {"127.0.0.1",
                              "127.255.255.255",
                              "0.0.0.0",
                              "10.0.0.1",
                              "10.255.0.1",
                              "100.64.0.1",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "192.0.0.8",
                              "198.18.0.1",
                              "198.19.255.255",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fc00::1",
                              "fdff::1",
                              "ff02::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "::127.0.0.1",
                              "64:ff9b::7f00:1",
                              "2002:7f00:1::",
                              "2001::1",
                              "2001:db8::1",
                              "100::1",
                              "fe80::1%lo",
                              "",
                              "x"}) {
    EXPECT_FALSE(is_public_address(address)) << address;
  }
  for (const char* address : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "192.0.1.1",
                              "223.255.255.255", "2001:4860:4860::8888", "2400:3200::1"}) {
    EXPECT_TRUE(is_public_address(address)) << address;
  }
}

TEST(ImportAddress, AHostInAPrivateNetworkIsRefusedUnlessAllowed) {
  for (const char* url : {"http://127.0.0.1/x", "http://[::1]/x", "git://localhost/x",
                          "http://169.254.169.254/latest", "http://[::ffff:7f00:1]/x"}) {
    EXPECT_EQ(refusal(url, true), "import_private") << url;
  }
  EXPECT_EQ(refusal("http://127.0.0.1/x", true, true), "");
  EXPECT_EQ(refusal("http://no-such-host.invalid/x", true, true), "import_host");
}

}  // namespace
}  // namespace cloudbrain
