#include "cli/net/path.h"

#include <gtest/gtest.h>

#include "cli/net/http_client.h"

namespace cloudbrain::cli {
namespace {

TEST(Path, SegmentsAreEncodedSoThatTheyStayOneSegment) {
  EXPECT_EQ((Path{"projects", "ann", "a/b"}.text()), "/api/v2/projects/ann/a%2Fb");
  EXPECT_EQ((Path{"数 据?#%.zip"}.text()), "/api/v2/%E6%95%B0%20%E6%8D%AE%3F%23%25.zip");
  EXPECT_EQ((Path{"A-Z_a.z~09"}.text()), "/api/v2/A-Z_a.z~09");
}

TEST(Path, ARelativePathBecomesItsSegments) {
  EXPECT_EQ((Path{"output"}.add_each("ckpt/epoch 1.pth").text()),
            "/api/v2/output/ckpt/epoch%201.pth");
  EXPECT_EQ((Path{"output"}.add_each("").text()), "/api/v2/output");
}

TEST(Path, QueriesAreEncodedAndJoined) {
  EXPECT_EQ((Path{"tasks"}.query("name", "a&b=c").query("limit", "5").text()),
            "/api/v2/tasks?name=a%26b%3Dc&limit=5");
}

TEST(ServerAddress, IsWrittenInOneWay) {
  EXPECT_EQ(server_address("localhost:8080"), "http://localhost:8080");
  EXPECT_EQ(server_address("http://host:8080/"), "http://host:8080");
  EXPECT_EQ(server_address("https://host/brain/"), "https://host/brain");
  EXPECT_EQ(server_address("http://[::1]:8080"), "http://[::1]:8080");
}

TEST(ServerAddress, WhatIsNoAddressOfAServerIsRefused) {
  for (const char* text : {"", "ftp://host", "http://", "http://a:b@host", "http://host?x=1",
                           "http://h#f", "http://host:99999", "file:///etc/passwd"}) {
    EXPECT_EQ(server_address(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace cloudbrain::cli
