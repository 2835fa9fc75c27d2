#include "domain/names.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "domain/task.h"

namespace cloudbrain {
namespace {

std::string repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

bool is_task_name(std::string_view name) {
  return !check_task_name(name);
}

TEST(TaskName, has_1_to_36_characters) {
  EXPECT_TRUE(is_task_name("a"));
  EXPECT_TRUE(is_task_name(std::string(36, 'a')));
  EXPECT_FALSE(is_task_name(std::string(37, 'a')));
  EXPECT_FALSE(is_task_name(""));
}

TEST(TaskName, starts_with_a_lower_case_letter_or_a_digit) {
  EXPECT_TRUE(is_task_name("z9"));
  EXPECT_TRUE(is_task_name("0"));
  EXPECT_TRUE(is_task_name("9-lives"));
  EXPECT_FALSE(is_task_name("_mnist"));
  EXPECT_FALSE(is_task_name("-mnist"));
  EXPECT_FALSE(is_task_name("Mnist"));
}

TEST(TaskName, may_end_in_a_hyphen_but_not_in_an_underscore) {
  EXPECT_TRUE(is_task_name("mnist-"));
  EXPECT_TRUE(is_task_name("mnist_1"));
  EXPECT_FALSE(is_task_name("mnist_"));
  EXPECT_FALSE(is_task_name(std::string(35, 'a') + "_"));
}

TEST(TaskName, has_only_lower_case_letters_digits_underscores_and_hyphens) {
  EXPECT_TRUE(is_task_name("abcdefghijklmnopqrstuvwxyz0123456789"));
  for (const char c : std::string_view("A./\\ :;$`'\"\n\t+@~%&*(){}[]|<>?!#^=,")) {
    EXPECT_FALSE(is_task_name(std::string("a") + c + "b")) << "character " << int{c};
  }
  EXPECT_FALSE(is_task_name(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_task_name("手写识别"));
}

TEST(TaskName, a_refusal_quotes_the_name_and_stays_text) {
  const auto problem = check_task_name(repeat("手写识别", 50));
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->code, "task_name");
  EXPECT_TRUE(is_utf8(problem->message.en)) << "a long name was cut inside a character";
  EXPECT_TRUE(is_utf8(problem->message.zh));
  EXPECT_NE(problem->message.zh.find("手写识别"), std::string::npos);
  EXPECT_NE(problem->message.en.find("36"), std::string::npos);
}

TEST(Description, has_at_most_255_characters_however_many_bytes) {
  EXPECT_FALSE(check_description(""));
  EXPECT_FALSE(check_description(std::string(255, 'x')));
  EXPECT_TRUE(check_description(std::string(256, 'x')));
  EXPECT_FALSE(check_description(repeat("训", 255)));
  EXPECT_TRUE(check_description(repeat("训", 256)));
  EXPECT_FALSE(check_description(repeat("🚀", 255)));
  EXPECT_TRUE(check_description(repeat("🚀", 256)));
}

TEST(ParameterName, starts_with_a_letter_or_underscore_and_has_letters_digits_and_three_signs) {
  for (const char* good : {"a", "Z", "_", "_x", "batch_size", "lr.decay", "num-workers", "A9_.-"}) {
    EXPECT_FALSE(check_parameter_name(good)) << good;
  }
  for (const char* bad :
       {"", "9a", "-a", ".a", "--a", "a b", "a=b", "a\n", "$(id)", "a/b", "参数", "a'b"}) {
    EXPECT_TRUE(check_parameter_name(bad)) << bad;
  }
  EXPECT_FALSE(check_parameter_name(std::string(255, 'a')));
  EXPECT_TRUE(check_parameter_name(std::string(256, 'a')));
}

TEST(ParameterValue, may_hold_anything_that_one_argument_can_carry) {
  for (const char* good :
       {"", " ", "two words", "\"double\" 'single'", "line\nbreak\r\n", "$(rm -rf /)", "`id`",
        "; ls | cat && true", "${HOME}", "--flag", "批大小", "🚀", "*", "\\"}) {
    EXPECT_FALSE(check_parameter_value(good)) << good;
  }
  EXPECT_TRUE(check_parameter_value(std::string_view("a\0b", 3)));
  EXPECT_FALSE(check_parameter_value(std::string(32768, 'x')));
  EXPECT_TRUE(check_parameter_value(std::string(32769, 'x')));
}

TEST(BootFile, ends_in_py) {
  EXPECT_FALSE(check_boot_file("train.py"));
  EXPECT_FALSE(check_boot_file("src/deep/train it.py"));
  EXPECT_FALSE(check_boot_file("训练.py"));
  for (const char* bad :
       {"train.PY", "train.sh", "train", "train.py.txt", ".py", "src/.py", "py"}) {
    const auto problem = check_boot_file(bad);
    ASSERT_TRUE(problem) << bad;
    EXPECT_EQ(problem->code, "boot_file_not_python") << bad;
  }
}

TEST(BootFile, lies_inside_the_repository) {
  for (const char* bad : {"", "/train.py", "../train.py", "a/../train.py", "./train.py",
                          "a//train.py", "a\\train.py"}) {
    const auto problem = check_boot_file(bad);
    ASSERT_TRUE(problem) << bad;
    EXPECT_EQ(problem->code, "boot_file_path") << bad;
  }
}

TEST(ProjectName, is_one_that_a_path_and_git_can_carry) {
  for (const char* good : {"mnist", "MNIST_PytorchExample_GPU", "a.b-c_d", "0", "x.gitx"}) {
    EXPECT_FALSE(check_project_name(good)) << good;
  }
  for (const char* bad :
       {"", ".", "..", ".git", "a.git", "A.GIT", "-a", "_a", "a/b", "a b", "项目"}) {
    EXPECT_TRUE(check_project_name(bad)) << bad;
  }
  EXPECT_FALSE(check_project_name(std::string(100, 'a')));
  EXPECT_TRUE(check_project_name(std::string(101, 'a')));
}

TEST(Email, is_empty_or_has_two_sides) {
  EXPECT_FALSE(check_email(""));
  EXPECT_FALSE(check_email("ada@example.com"));
  EXPECT_FALSE(check_email("\"a@b\"@example.com"));
  EXPECT_FALSE(check_email("张三@例子.中国"));
  for (const char* bad : {"ada", "@example.com", "ada@", "ada @example.com", "ada@\nexample.com"}) {
    EXPECT_TRUE(check_email(bad)) << bad;
  }
  EXPECT_TRUE(check_email(std::string(250, 'a') + "@b.cd"));
}

TEST(NewPassword, has_eight_characters_and_is_not_the_name) {
  EXPECT_FALSE(check_new_password("ada", "12345678"));
  EXPECT_FALSE(check_new_password("ada", "密码密码密码密码"));
  EXPECT_FALSE(check_new_password("ada", std::string(1024, 'x')));
  EXPECT_EQ(check_new_password("ada", "1234567")->code, "password_short");
  EXPECT_EQ(check_new_password("ada", "密码密码密码密")->code, "password_short");
  EXPECT_EQ(check_new_password("ada", std::string(1025, 'x'))->code, "password_long");
  EXPECT_EQ(check_new_password("lovelace", "LoveLace")->code, "password_is_name");
}

TEST(UserName, is_none_of_the_words_that_routes_use) {
  EXPECT_FALSE(check_user_name("admin"));
  EXPECT_FALSE(check_user_name("li.si-2"));
  EXPECT_FALSE(check_user_name(std::string(40, 'a')));
  EXPECT_TRUE(check_user_name(std::string(41, 'a')));
  for (const char* bad :
       {"api", "API", "Assets", "login", "metrics", "healthz", "Admin", "", "a b"}) {
    EXPECT_TRUE(check_user_name(bad)) << bad;
  }
}

TEST(DatasetName, is_a_plain_file_name) {
  for (const char* good : {"MnistDataset_torch.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.zst",
                           "A.ZIP", "手写 数字.zip", "a..zip", "faces", "labels.csv"}) {
    EXPECT_FALSE(check_dataset_name(good)) << good;
  }
  for (const char* bad :
       {"", ".zip", "a/b.zip", "../a.zip", "a\\b.zip", ".a.zip", "...zip", "a\n.zip", "\xff.zip"}) {
    EXPECT_TRUE(check_dataset_name(bad)) << bad;
  }
  EXPECT_FALSE(check_dataset_name(std::string(196, 'a') + ".zip"));
  EXPECT_TRUE(check_dataset_name(std::string(197, 'a') + ".zip"));
}

TEST(DatasetFolder, is_the_name_without_the_ending_of_the_archive) {
  EXPECT_EQ(dataset_folder("MnistDataset_torch.zip"), "MnistDataset_torch");
  EXPECT_EQ(dataset_folder("imagenet.tar.gz"), "imagenet");
  EXPECT_EQ(dataset_folder("imagenet.v1.tar.zst"), "imagenet.v1");
  EXPECT_EQ(dataset_folder("IMAGES.TGZ"), "IMAGES");
  EXPECT_EQ(dataset_folder("数据.tar"), "数据");
}

TEST(DatasetFolder, of_a_plain_file_there_is_none) {
  for (const char* plain : {"labels.csv", "zip", "a.rar", ".zip", "README"}) {
    EXPECT_FALSE(is_archive_name(plain)) << plain;
    EXPECT_EQ(dataset_folder(plain), "") << plain;
  }
}

TEST(DatasetFilePath, names_the_data_set_where_its_name_is_another) {
  EXPECT_EQ(dataset_file_path("faces", "part1.zip"), "faces/part1.zip");
  EXPECT_EQ(dataset_file_path("mnist.zip", "mnist.zip"), "mnist.zip");
}

TEST(VersionText, has_at_least_four_digits) {
  EXPECT_EQ(version_text(1), "V0001");
  EXPECT_EQ(version_text(9999), "V9999");
  EXPECT_EQ(version_text(10000), "V10000");
}

TEST(ModelName, has_letters_digits_and_three_signs_and_starts_with_none_of_them) {
  for (const char* good : {"a", "LeNet-5", "resnet50.v2", "9_x"}) {
    EXPECT_FALSE(check_model_name(good)) << good;
  }
  for (const char* bad : {"", "-a", ".a", "_a", "a b", "a/b", "a:b", "..", "模型"}) {
    EXPECT_TRUE(check_model_name(bad)) << bad;
  }
  EXPECT_FALSE(check_model_name(std::string(100, 'a')));
  EXPECT_TRUE(check_model_name(std::string(101, 'a')));
}

TEST(ModelPath, stays_inside_and_can_be_shown) {
  for (const char* good : {"m.pt", "a/b/c", "模型/最好.ckpt", ".hidden", "a:b", "a b"}) {
    EXPECT_FALSE(check_model_path(good)) << good;
  }
  for (const char* bad : {"", "/a", "../a", "a/../b", "a//b", "a/", "./a", "a\\b", "a\nb", "a\x7f",
                          "\xff", "a/\xc3"}) {
    const auto problem = check_model_path(bad);
    ASSERT_TRUE(problem) << bad;
    EXPECT_TRUE(is_utf8(problem->message.en) && is_utf8(problem->message.zh)) << bad;
  }
  EXPECT_FALSE(check_model_path(repeat("a/", 31) + "b"));
  EXPECT_TRUE(check_model_path(repeat("a/", 32) + "b"));
  EXPECT_TRUE(check_model_path(repeat("abcdefghi/", 30) + std::string(730, 'x')));
}

TEST(Version, is_read_back_from_its_own_text_alone) {
  for (const int number : {1, 12, 9999, 10'000, 123'456'789}) {
    EXPECT_EQ(parse_version(version_text(number)), number);
  }
  for (const char* bad : {"", "V", "V1", "v0001", "0001", "V0000", "V00001", "V-001", "V+001",
                          "V0001 ", "V001x", "V9999999999"}) {
    EXPECT_EQ(parse_version(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace cloudbrain
