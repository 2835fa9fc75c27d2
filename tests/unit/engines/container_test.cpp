// The configuration of a container; that it holds is for the system tests, with a real image.
#include "engines/local/images/container.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "engines/local/images/image_errors.h"
#include "engines/local/images/tool.h"
#include "engines/local/images/unpack_image.h"

namespace cloudbrain {
namespace {

ContainerParts parts() {
  return {"/usr/bin/crun",
          "/nowhere/etc",
          "/nowhere/seccomp.bpf",
          "/run/cloudbrain",
          {59'990, 59'991, true}};
}

Launch launch() {
  Launch launch;
  launch.task = TaskId{7};
  launch.argv = {"python3", "/code/train.py", "--a=b c"};
  launch.user = 1000;
  launch.group = 0;
  launch.home = "/home/app";
  launch.working_directory = "/code";
  launch.mounts = {{"/data/code", "/code", false}, {"/data/set", "/dataset", true}};
  return launch;
}

json::object config(const Launch& launch) {
  return parse_json(container_config(launch, parts(), {})).as_object();
}

TEST(OuterId, TheScriptIsTheTaskUserAndEveryoneElseNobody) {
  EXPECT_EQ(outer_id(1000, 1000, 59'990), 59'990U);
  EXPECT_EQ(outer_id(0, 0, 59'990), 59'990U);
  EXPECT_EQ(outer_id(0, 1000, 59'990), 1'900'000'000U);
  EXPECT_EQ(outer_id(65'535, 0, 59'990), 1'900'065'535U);
  EXPECT_EQ(outer_id(4'000'000'000U, 0, 59'990), 1'900'065'535U) << "a number beyond the table";
}

TEST(ContainerConfig, MapsEveryNumberToTheOwnerThatTheTreeWasGiven) {
  const json::object linux_part = config(launch()).at("linux").as_object();
  for (const auto& [name, script, task] :
       {std::tuple("uidMappings", 1000U, 59'990U), std::tuple("gidMappings", 0U, 59'991U)}) {
    std::int64_t covered = 0;
    for (const json::value& extent : linux_part.at(name).as_array()) {
      const auto inside = extent.at("containerID").to_number<unsigned>();
      const auto outside = extent.at("hostID").to_number<unsigned>();
      const auto size = extent.at("size").to_number<unsigned>();
      EXPECT_EQ(outer_id(inside, script, task), outside);
      EXPECT_EQ(outer_id(inside + size - 1, script, task), outside + size - 1);
      EXPECT_NE(outside, 0U) << "never the machine's root";
      covered += size;
    }
    EXPECT_EQ(covered, 65'536);
  }
}

TEST(ContainerConfig, GivesNoCapabilityAndNoNewPrivilege) {
  const json::object process = config(launch()).at("process").as_object();
  EXPECT_TRUE(process.at("capabilities").as_object().empty());
  EXPECT_TRUE(process.at("noNewPrivileges").as_bool());
  EXPECT_EQ(process.at("user").at("uid").to_number<int>(), 1000);
  EXPECT_EQ(process.at("cwd").as_string(), "/code");
}

TEST(ContainerConfig, StartsTheRunnersInitWithTheFilterAndTheScriptAsSeparateWords) {
  const json::array words = config(launch()).at("process").at("args").as_array();
  const std::vector<std::string> expected{"/proc/self/fd/6", "--init", "-",  "-",
                                          "/home/app",       "filter", "--", "python3",
                                          "/code/train.py",  "--a=b c"};
  ASSERT_EQ(words.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(words[i].as_string(), expected[i]);
}

TEST(ContainerConfig, HasItsOwnNetworkOnlyWhereTheSpecHasNone) {
  const auto has_network = [](const Launch& launch) {
    const json::object made = config(launch);
    return std::ranges::any_of(
        made.at("linux").at("namespaces").as_array(),
        [](const json::value& one) { return one.at("type").as_string() == "network"; });
  };
  Launch quiet = launch();
  quiet.network = false;
  EXPECT_FALSE(has_network(launch()));
  EXPECT_TRUE(has_network(quiet));
}

TEST(ContainerConfig, TakesADevicesEdits) {
  DeviceEdits edits;
  edits.nodes = {{"/dev/null", "/dev/fake0", "rw"}};
  edits.mounts = {{"/usr/lib/driver", "/usr/lib/driver", true}};
  edits.hooks = {{"createContainer", "/usr/bin/hook", {"hook", "x"}, {"A=b"}}};
  const json::object made = parse_json(container_config(launch(), parts(), edits)).as_object();
  bool node = false;
  for (const json::value& mount : made.at("mounts").as_array()) {
    if (mount.at("destination").as_string() != "/dev/fake0") continue;
    node = true;
    for (const json::value& option : mount.at("options").as_array())
      EXPECT_NE(option.as_string(), "nodev");
  }
  EXPECT_TRUE(node);
  EXPECT_EQ(made.at("hooks").at("createContainer").as_array().size(), 1U);
}

TEST(ImageErrors, TellApartWhatARegistrySays) {
  const auto code = [](const std::string& words) {
    return image_errors::from_skopeo("a/b:1", words).error.code();
  };
  EXPECT_EQ(code("reading manifest 1 in a/b: manifest unknown: manifest unknown"),
            "image_not_found");
  EXPECT_EQ(code("unauthorized: authentication required"), "image_denied");
  EXPECT_EQ(code("requested access to the resource is denied"), "image_denied");
  EXPECT_EQ(code("write /x: no space left on device"), "image_no_space");
  EXPECT_EQ(code("dial tcp 10.0.0.1:443: connect: connection refused"), "image_pull_failed");
  EXPECT_TRUE(image_errors::from_skopeo("a", "connection reset by peer").transient);
  EXPECT_FALSE(image_errors::from_skopeo("a", "manifest unknown").transient);
}

TEST(LastWords, AreTheMessageOfTheLastLine) {
  EXPECT_EQ(last_words("first\ntime=\"x\" level=fatal msg=\"it broke\"\n"), "it broke");
  EXPECT_EQ(last_words("level=fatal msg=\"reading \\\"a:1\\\": refused\"\n"),
            "reading \"a:1\": refused");
  EXPECT_EQ(last_words("   "), "");
}

class ImageUserTest : public testing::Test {
 protected:
  ImageUserTest() {
    make_directories(tree_.path() / "etc");
    write_file_atomic(tree_.path() / "etc/passwd",
                      "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/srv/app:/bin/sh\nbad\n",
                      Durable::no);
    write_file_atomic(tree_.path() / "etc/group", "root:x:0:\nvideo:x:44:\n", Durable::no);
  }
  ImageUser find(const std::string& written) { return find_image_user(tree_.path(), written, "i"); }
  TemporaryDirectory tree_;
};

TEST_F(ImageUserTest, IsFoundByNameNumberAndGroup) {
  EXPECT_EQ(find("").user, 0);
  EXPECT_EQ(find("app").user, 1000);
  EXPECT_EQ(find("app").group, 1001);
  EXPECT_EQ(find("app").home, "/srv/app");
  EXPECT_EQ(find("1000").group, 1001);
  EXPECT_EQ(find("app:video").group, 44);
  EXPECT_EQ(find("5:6").user, 5);
  EXPECT_EQ(find("5:6").group, 6);
}

TEST_F(ImageUserTest, ThatDoesNotExistIsAnError) {
  for (const char* written : {"nobody", "app:nogroup", "-1", "99999999999", "1x"})
    EXPECT_THROW(find(written), Error) << written;
}

}  // namespace
}  // namespace cloudbrain
