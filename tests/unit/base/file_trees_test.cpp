#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"

namespace cloudbrain {
namespace {

class FileTrees : public testing::Test {
 protected:
  fs::path at(std::string_view name) const { return directory_.path() / name; }
  void put(std::string_view name, std::string_view bytes = "x") const {
    make_directories(at(name).parent_path());
    write_file_atomic(at(name), bytes, Durable::no);
  }

  TemporaryDirectory directory_;
  TemporaryDirectory in_memory_{"/dev/shm"};  // for trees of thousands of directories
};

// Few descriptors while it lives, as a server under load has few left.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t most) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit lower{most, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

void nest_directories(const fs::path& top, int depth) {
  make_directories(top);
  Fd here = open_file(top, O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < depth; ++i) {
    ASSERT_EQ(::mkdirat(here.get(), "a", 0755), 0);
    here = Fd(::openat(here.get(), "a", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(here);
  }
}

TEST_F(FileTrees, removing_takes_files_directories_links_pipes_and_sockets) {
  put("tree/a/b/c");
  ASSERT_EQ(::mkfifo(at("tree/pipe").c_str(), 0600), 0);
  fs::create_symlink("missing", at("tree/dangling"));
  remove_tree(at("tree"));
  EXPECT_FALSE(fs::exists(at("tree")));
}

TEST_F(FileTrees, removing_does_not_follow_links) {
  put("outside/kept");
  fs::create_directory_symlink(at("outside"), at("link"));
  make_directories(at("tree"));
  fs::create_directory_symlink(at("outside"), at("tree/link"));
  remove_tree(at("tree"));
  remove_tree(at("link"));
  EXPECT_TRUE(fs::exists(at("outside/kept")));
  EXPECT_FALSE(fs::exists(fs::symlink_status(at("link"))));
}

TEST_F(FileTrees, removing_what_is_missing_or_one_file_is_fine) {
  remove_tree(at("missing"));
  put("file");
  remove_tree(at("file"));
  EXPECT_FALSE(fs::exists(at("file")));
}

TEST_F(FileTrees, removing_copes_with_directories_nested_deeper_than_there_are_descriptors) {
  nest_directories(in_memory_.path() / "tree", 3000);
  const FewDescriptors few(256);
  remove_tree(in_memory_.path() / "tree");
  EXPECT_FALSE(fs::exists(in_memory_.path() / "tree"));
}

TEST_F(FileTrees, removing_copes_with_odd_names) {
  for (const char* name : {"-rf", "a\nb", " ", "\xff\xfe", "*", "…"})
    put(std::string("tree/") + name + "/file");
  remove_tree(at("tree"));
  EXPECT_FALSE(fs::exists(at("tree")));
}

// As root nothing is unreadable, so an ordinary user removes the tree: in a child of this program.
TEST_F(FileTrees, removing_opens_directories_that_their_owner_closed) {
  put("tree/closed/deeper/file");
  fs::permissions(at("tree/closed/deeper"), fs::perms::none);
  fs::permissions(at("tree/closed"), fs::perms::owner_write);
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0) {
      for (const char* path : {"", "tree", "tree/closed"})
        (void)!::chown(at(path).c_str(), kNobody, kNobody);
      (void)!::chown(at("tree/closed/deeper").c_str(), kNobody, kNobody);
      if (::setresuid(kNobody, kNobody, kNobody) != 0) ::_exit(2);
    }
    try {
      remove_tree(at("tree"));
    } catch (const Error&) {
      ::_exit(1);
    }
    ::_exit(fs::exists(at("tree")) ? 3 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(FileTrees, a_copy_has_the_same_files_links_and_execute_bits) {
  put("from/plain", "bytes");
  put("from/deep/er/script", "#!/bin/sh");
  put("from/empty", "");
  fs::permissions(at("from/deep/er/script"), fs::perms(0700));
  fs::create_symlink("../../etc/passwd", at("from/link"));
  make_directories(at("from/hollow"));
  copy_tree(at("from"), at("to/here"));
  EXPECT_EQ(read_file(at("to/here/plain")), "bytes");
  EXPECT_EQ(read_file(at("to/here/empty")), "");
  EXPECT_EQ(fs::status(at("to/here/deep/er/script")).permissions(), fs::perms(0755));
  EXPECT_EQ(fs::status(at("to/here/plain")).permissions(), fs::perms(0644));
  EXPECT_EQ(fs::read_symlink(at("to/here/link")), "../../etc/passwd");
  EXPECT_TRUE(fs::is_directory(at("to/here/hollow")));
}

TEST_F(FileTrees, a_copy_is_independent_of_its_source) {
  put("from/a", "one");
  copy_tree(at("from"), at("to"));
  put("from/a", "two");
  EXPECT_EQ(read_file(at("to/a")), "one");
}

TEST_F(FileTrees, a_copy_leaves_out_pipes_and_devices) {
  make_directories(at("from"));
  ASSERT_EQ(::mkfifo(at("from/pipe").c_str(), 0600), 0);
  copy_tree(at("from"), at("to"));
  EXPECT_TRUE(fs::is_empty(at("to")));
}

TEST_F(FileTrees, a_copy_belongs_to_the_owner_it_is_given) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  put("from/a/b");
  fs::create_symlink("/etc/passwd", at("from/link"));
  copy_tree(at("from"), at("to"), 4242);
  for (const char* path : {"to", "to/a", "to/a/b", "to/link"}) {
    struct stat status{};
    ASSERT_EQ(::lstat(at(path).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 4242U) << path;
    EXPECT_EQ(status.st_gid, 4242U) << path;
  }
  struct stat status{};
  ASSERT_EQ(::stat("/etc/passwd", &status), 0);
  EXPECT_EQ(status.st_uid, 0U) << "a link was followed";
}

TEST_F(FileTrees, a_copy_over_existing_files_is_refused) {
  put("from/a");
  put("to/a");
  EXPECT_THROW(copy_tree(at("from"), at("to")), Error);
}

TEST_F(FileTrees, the_size_of_a_tree_is_that_of_its_regular_files) {
  put("tree/a", std::string(1000, 'a'));
  put("tree/deep/b", std::string(24, 'b'));
  put("outside", std::string(5000, 'o'));
  fs::create_symlink(at("outside"), at("tree/link"));
  fs::create_directory_symlink(directory_.path(), at("tree/loop"));
  EXPECT_EQ(tree_size(at("tree")), 1024U);
  EXPECT_EQ(tree_size(at("missing")), 0U);
}

TEST_F(FileTrees, measuring_a_very_deep_tree_does_not_use_up_the_descriptors) {
  nest_directories(in_memory_.path() / "tree", 1000);
  const FewDescriptors few(256);
  EXPECT_EQ(tree_size(in_memory_.path() / "tree"), 0U);
  EXPECT_TRUE(try_open_file("/dev/null", O_RDONLY));
}

}  // namespace
}  // namespace cloudbrain
