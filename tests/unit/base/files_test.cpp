#include "base/files.h"

#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {
namespace {

class Files : public testing::Test {
 protected:
  fs::path at(std::string_view name) const { return directory_.path() / name; }
  void put(std::string_view name, std::string_view bytes) const {
    make_directories(at(name).parent_path());
    write_file_atomic(at(name), bytes, Durable::no);
  }
  std::vector<std::string> entries() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_.path()))
      names.push_back(entry.path().filename());
    return names;
  }

  TemporaryDirectory directory_;
};

unsigned mode_of(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777U;
}

std::string text_of(const Fd& fd) {
  std::string text(4096, '\0');
  const ssize_t count = ::read(fd.get(), text.data(), text.size());
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

TEST_F(Files, an_atomic_write_replaces_the_whole_file_and_leaves_nothing_beside_it) {
  for (const Durable durable : {Durable::no, Durable::yes}) {
    write_file_atomic(at("a"), "a long first content", durable);
    write_file_atomic(at("a"), "short", durable);
    EXPECT_EQ(read_file(at("a")), "short");
    EXPECT_THAT(entries(), testing::ElementsAre("a"));
  }
}

TEST_F(Files, an_atomic_write_sets_the_mode_it_is_given) {
  write_file_atomic(at("secret"), "x", Durable::no, 0600);
  EXPECT_EQ(mode_of(at("secret")), 0600U);
}

TEST_F(Files, a_reader_of_an_atomic_write_sees_the_old_or_the_new_file_never_a_part) {
  const std::string old_bytes(100'000, 'o');
  const std::string new_bytes(200'000, 'n');
  write_file_atomic(at("a"), old_bytes, Durable::no);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i)
      write_file_atomic(at("a"), i % 2 == 0 ? new_bytes : old_bytes, Durable::no);
    done = true;
  });
  while (!done) {
    const std::string seen = read_file(at("a"));
    ASSERT_TRUE(seen == old_bytes || seen == new_bytes) << seen.size();
  }
  writer.join();
}

TEST_F(Files, a_failed_atomic_write_leaves_the_old_file_and_no_temporary_one) {
  fs::create_directory(at("a"));
  EXPECT_THROW(write_file_atomic(at("a"), "x", Durable::no), Error);
  EXPECT_THAT(entries(), testing::ElementsAre("a"));
}

TEST_F(Files, whole_files_are_read_byte_by_byte) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i);
  put("a", bytes);
  EXPECT_EQ(read_file(at("a")), bytes);
  EXPECT_FALSE(try_read_file(at("missing")));
  EXPECT_THROW(read_file(at("missing")), Error);
  EXPECT_FALSE(read_file("/proc/self/status").empty()) << "a file whose size is 0 in stat";
}

TEST_F(Files, an_error_names_the_call_the_path_and_the_reason) {
  try {
    open_file(at("missing"), O_RDONLY);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::internal);
    EXPECT_NE(error.message().en.find("open " + at("missing").native()), std::string::npos);
    EXPECT_NE(error.message().en.find("No such file"), std::string::npos);
  }
}

TEST_F(Files, a_full_disk_is_told_apart) {
  const Fd full = open_file("/dev/full", O_WRONLY);
  try {
    write_all(full.get(), std::string_view("x"), "the upload");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::no_space);
    EXPECT_NE(error.message().en.find("the upload"), std::string::npos);
  }
}

TEST_F(Files, beneath_a_root_plain_paths_and_links_that_stay_inside_are_opened) {
  put("root/a/b", "inside");
  fs::create_symlink("a/b", at("root/link"));
  fs::create_directory_symlink("../a", at("root/a/up"));
  for (const char* path : {"a/b", "link", "a/up/b", "a/../a/b"}) {
    EXPECT_EQ(text_of(open_beneath(at("root"), path, O_RDONLY)), "inside") << path;
  }
  EXPECT_TRUE(open_beneath(at("root"), "", O_RDONLY | O_DIRECTORY));
}

TEST_F(Files, beneath_a_root_nothing_outside_can_be_opened) {
  put("secret", "outside");
  put("root/file", "x");
  fs::create_symlink("../secret", at("root/relative"));
  fs::create_symlink(at("secret"), at("root/absolute"));
  fs::create_symlink("/proc/self/root/etc/passwd", at("root/proc"));
  fs::create_directory_symlink("..", at("root/up"));
  fs::create_symlink("loop", at("root/loop"));
  for (const char* path :
       {"../secret", "/etc/passwd", "relative", "absolute", "proc", "up/secret", "up/root/file",
        "file/../../secret", "loop", "missing", "file/x", ".."}) {
    EXPECT_FALSE(open_beneath(at("root"), path, O_RDONLY)) << path;
  }
  EXPECT_FALSE(open_beneath(at("root"), std::string_view("file\0/../../secret", 18), O_RDONLY));
  EXPECT_FALSE(open_beneath(at("root"), std::string(5000, 'a'), O_RDONLY));
  EXPECT_FALSE(open_beneath(at("missing"), "a", O_RDONLY));
}

TEST(PlainRelativePath, is_made_of_plain_components) {
  for (const char* good : {"a", "a/b", "a.b/..c/d..", "...", "数据/a b"}) {
    EXPECT_TRUE(is_plain_relative_path(good)) << good;
  }
  for (const char* bad :
       {"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "./a", "a/./b", "a\\b"}) {
    EXPECT_FALSE(is_plain_relative_path(bad)) << bad;
  }
  EXPECT_FALSE(is_plain_relative_path(std::string_view("a\0b", 3)));
  EXPECT_TRUE(is_plain_relative_path(std::string(255, 'a')));
  EXPECT_FALSE(is_plain_relative_path(std::string(256, 'a')));
}

TEST(RandomName, is_never_the_same) {
  EXPECT_NE(random_name("x-"), random_name("x-"));
  EXPECT_EQ(random_name("x-").size(), 18U);
}

TEST(TemporaryDirectory, is_gone_with_all_it_holds_at_the_end_of_scope) {
  fs::path path;
  {
    const TemporaryDirectory directory;
    path = directory.path();
    make_directories(path / "a/b");
    write_file_atomic(path / "a/b/c", "x", Durable::no);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Fd, closes_what_it_owns_once) {
  Fd first = open_file("/dev/null", O_RDONLY);
  const int number = first.get();
  Fd second = std::move(first);
  EXPECT_EQ(second.get(), number);
  second = Fd();
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
  EXPECT_NE(::fcntl(open_file("/dev/null", O_RDONLY).get(), F_GETFD), -1);
}

TEST(Fd, is_not_inherited_by_programs_we_start) {
  const Fd fd = open_file("/dev/null", O_RDONLY);
  EXPECT_NE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(FreeBytes, of_a_disk_is_more_than_nothing) {
  EXPECT_GT(free_bytes("/tmp"), 0U);
  EXPECT_THROW(free_bytes("/no such directory"), Error);
}

}  // namespace
}  // namespace cloudbrain
