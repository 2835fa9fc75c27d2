#include "domain/image.h"

#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

TEST(ImageReference, FillsInWhatIsLeftOutAsContainerEnginesDo) {
  EXPECT_EQ(parse_image_reference("debian").text(), "docker.io/library/debian:latest");
  EXPECT_EQ(parse_image_reference("pytorch/pytorch:2.1").text(), "docker.io/pytorch/pytorch:2.1");
  EXPECT_EQ(parse_image_reference("localhost/a").text(), "localhost/a:latest");
}

TEST(ImageReference, KnowsARegistryByItsDotOrPort) {
  const ImageReference reference =
      parse_image_reference("dockerhub.pcl.ac.cn:5000/user-images/openi:cuda111_python37");
  EXPECT_EQ(reference.registry, "dockerhub.pcl.ac.cn:5000");
  EXPECT_EQ(reference.repository, "user-images/openi");
  EXPECT_EQ(reference.tag, "cuda111_python37");
}

TEST(ImageReference, ADigestSaysMoreThanATag) {
  const ImageReference reference = parse_image_reference("a.b/c:1@" + kDigest);
  EXPECT_EQ(reference.text(), "a.b/c@" + kDigest);
  EXPECT_EQ(parse_image_reference("a.b/c@" + kDigest).tag, "");
}

class GoodReference : public testing::TestWithParam<std::string> {};
TEST_P(GoodReference, KeepsTheRule) {
  EXPECT_FALSE(check_image_reference(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(All, GoodReference,
                         testing::Values("debian", "debian:12", "a/b/c/d", "host.example:5000/a:b",
                                         "127.0.0.1:5000/a", "a.b/c@" + kDigest,
                                         "a.b/c:V1_x.2@" + kDigest));

class BadReference : public testing::TestWithParam<std::string> {};
TEST_P(BadReference, IsRefused) {
  EXPECT_TRUE(check_image_reference(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(All, BadReference,
                         testing::Values("", "/", "a/", "/a", "a//b", "Upper", "a:", "a@",
                                         "a@sha256:12", "a b", "a\nb", "docker://a", "../a",
                                         "a/../b", "-a", "a/-b", "a:-x", "host:port/a", "h.x:/a",
                                         "a@sha512:" + std::string(64, 'a'), "a:b:c", "a;b", "a$b",
                                         "a@b@" + kDigest, std::string("a\0b", 3), "名称",
                                         std::string(256, 'a'),
                                         "a.b/c@sha256:" + std::string(64, 'A')));

}  // namespace
}  // namespace cloudbrain
