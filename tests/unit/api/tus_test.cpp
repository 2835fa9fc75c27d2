#include "api/uploads/tus.h"

#include <gtest/gtest.h>

namespace cloudbrain::api::tus {
namespace {

http::Request with(std::string_view header, std::string_view value) {
  http::Request request;
  request.headers.add(header, value);
  return request;
}

std::string refusal_of(const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

TEST(TusLength, IsDigitsAlone) {
  EXPECT_EQ(length_of(with("Upload-Length", "0")), 0U);
  EXPECT_EQ(length_of(with("upload-length", "2147483648")), 2147483648U);
  for (const char* text :
       {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "99999999999999999999"}) {
    EXPECT_EQ(refusal_of([&] { length_of(with("Upload-Length", text)); }), "tus_header") << text;
  }
  EXPECT_EQ(refusal_of([] { length_of(with("Upload-Length", "18446744073709551615")); }),
            "upload_too_large");
}

TEST(TusMetadata, AreNamesWithValues) {
  const Metadata metadata("filename 5pWw5o2uLnppcA==, project YWRhL2xlbmV0,empty");
  EXPECT_EQ(metadata.get("filename"), "数据.zip");
  EXPECT_EQ(metadata.get("project"), "ada/lenet");
  EXPECT_EQ(metadata.get("empty"), "");
  EXPECT_EQ(metadata.get("none"), "");
}

TEST(TusMetadata, ThatAreMalformedAreRefused) {
  for (const char* text : {"a ?", "a YQ", "a YQ==,a YQ==", "a,a", ",", "a /w==", "a YQBi"}) {
    EXPECT_EQ(refusal_of([&] { const Metadata metadata(text); }), "tus_header") << text;
  }
}

TEST(TusConcat, NamesPartsByTheirAddresses) {
  const auto read = [](std::string_view text) {
    return concat_of(with("Upload-Concat", text), "/api/v2/uploads");
  };
  EXPECT_TRUE(read("partial").partial);
  EXPECT_EQ(read("final;/api/v2/uploads/a http://host:8080/api/v2/uploads/b").parts,
            (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(read("").parts.empty());
  for (const char* text : {"final", "final;", "final; ", "Final;/api/v2/uploads/a",
                           "final;/other/a", "final;http://host", "final;/api/v2/uploadsa"}) {
    EXPECT_EQ(refusal_of([&] { read(text); }), "tus_header") << text;
  }
}

TEST(TusChecksum, HasAKnownNameAndAsManyBytesAsItHas) {
  const auto read = [](std::string_view text) {
    return checksum_of(with("Upload-Checksum", text));
  };
  EXPECT_EQ(read("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")->digest.size(), 20U);
  EXPECT_FALSE(read(""));
  for (const char* text : {"sha1", "sha1 AAAA", "md5 AAAA", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
                           "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0"}) {
    EXPECT_EQ(refusal_of([&] { read(text); }), "tus_header") << text;
  }
}

}  // namespace
}  // namespace cloudbrain::api::tus
