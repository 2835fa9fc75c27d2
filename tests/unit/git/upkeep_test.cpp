#include "git/hosting/upkeep.h"

#include <thread>

#include "git_test.h"

namespace cloudbrain {
namespace {

class UpkeepTest : public GitTest {
 protected:
  // More loose objects than git leaves lying.
  std::string many_loose_objects() {
    std::string stream =
        "commit refs/heads/main\ncommitter Ann <ann@example.org> 1700000000 +0000\ndata 1\nm\n";
    for (int i = 0; i < 4000; ++i) {
      const std::string text = std::to_string(i);
      stream += fmt::format("M 100644 inline f{}\ndata {}\n{}\n", text, text.size(), text);
    }
    run_git(git_process(repositories_.path(kProject), {"fast-import", "--quiet"}, {},
                        {{"fastimport.unpackLimit", "100000"}, {"core.fsync", "none"}}),
            stream);
    return reader_.resolve(kProject, "main").value();
  }
  // git removes the folders of loose objects once all of them are in a pack.
  bool is_packed() { return !fs::exists(repositories_.path(kProject) / "objects/17"); }
};

TEST_F(UpkeepTest, ARepositoryIsPackedAfterManyChanges) {
  const std::string head = many_loose_objects();
  Upkeep upkeep(repositories_);
  for (int i = 0; i < 19; ++i) upkeep.note_change(kProject);
  EXPECT_FALSE(is_packed());
  upkeep.note_change(kProject);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!is_packed()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // between two looks
  }
  EXPECT_EQ(reader_.read_file(kProject, head, "f3999"), "3999");
}

TEST_F(UpkeepTest, AMissingRepositoryIsNoHarm) {
  Upkeep upkeep(repositories_);
  for (int i = 0; i < 40; ++i) upkeep.note_change(ProjectId{99});
}

}  // namespace
}  // namespace cloudbrain
