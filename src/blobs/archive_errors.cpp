#include "blobs/archive_errors.h"

#include <string>

#include <fmt/format.h>

#include "base/error.h"

namespace cloudbrain::archive_errors {

namespace {

// "entry \"a/b\"" or "the archive"; a hostile name must not fill the screen.
Text subject(std::string_view entry) {
  if (entry.empty()) return {"The archive", "压缩包"};
  const std::string shown(entry.substr(0, 300));
  return {fmt::format("\"{}\" in the archive", shown), fmt::format("压缩包中的“{}”", shown)};
}

[[noreturn]] void refuse(ErrorKind kind, const char* code, std::string_view entry,
                         const std::string& en, const std::string& zh, Text next = {}) {
  const Text what = subject(entry);
  throw Error(kind, code, {what.en + " " + en, what.zh + zh}, std::move(next));
}

}  // namespace

void unsupported(std::string_view entry, std::string_view detail) {
  refuse(ErrorKind::invalid, "archive_unsupported", entry,
         fmt::format("can't be read ({}).", detail), fmt::format("无法读取（{}）。", detail),
         {"Pack it as .zip, .tar, .tar.gz or .tar.zst.",
          "请打包为 .zip、.tar、.tar.gz 或 .tar.zst 格式。"});
}

void corrupt(std::string_view entry, std::string_view detail) {
  refuse(ErrorKind::invalid, "archive_corrupt", entry, fmt::format("is damaged ({}).", detail),
         fmt::format("已损坏（{}）。", detail),
         {"Check the file on your side (unzip -t, tar -tf) and upload it again.",
          "请在本地检查该文件（unzip -t、tar -tf）后重新上传。"});
}

void encrypted(std::string_view entry) {
  refuse(ErrorKind::invalid, "archive_encrypted", entry, "needs a password.", "需要密码才能解压。",
         {"Pack it again without a password.", "请去掉密码后重新打包。"});
}

void path_escapes(std::string_view entry) {
  refuse(ErrorKind::invalid, "archive_escapes", entry,
         "would be written outside the data set: paths must be relative and have no \"..\".",
         "会写到数据集目录之外：路径必须是相对路径且不含“..”。");
}

void link_escapes(std::string_view entry, std::string_view target) {
  refuse(ErrorKind::invalid, "archive_escapes", entry,
         fmt::format("is a link to \"{}\", which is outside the data set.", target.substr(0, 300)),
         fmt::format("是指向“{}”的链接，该目标在数据集之外。", target.substr(0, 300)),
         {"Pack the files that the link leads to (tar -h, or zip without -y).",
          "请打包链接所指的文件本身（tar -h，或不带 -y 的 zip）。"});
}

void special_file(std::string_view entry) {
  refuse(ErrorKind::invalid, "archive_special", entry,
         "is a device, socket or pipe; only files, directories and links are allowed.",
         "是设备、套接字或管道；只允许文件、目录和链接。");
}

void contradiction(std::string_view entry) {
  refuse(ErrorKind::invalid, "archive_corrupt", entry,
         "is used both as a directory and as a file or link.",
         "既被用作目录，又被用作文件或链接。");
}

void twice(std::string_view entry) {
  refuse(ErrorKind::invalid, "archive_corrupt", entry,
         "is there twice; names that differ in their Unicode form alone are one name.",
         "出现了两次（仅 Unicode 形式不同的名称视为同一名称）。",
         {"Pack it again with each name once.", "请重新打包，确保名称不重复。"});
}

void over_limit(std::string_view entry, std::string_view what_en, std::string_view what_zh,
                std::uint64_t limit) {
  refuse(ErrorKind::too_large, "archive_limit", entry,
         fmt::format("is over the limit: at most {} {} are allowed.", limit, what_en),
         fmt::format("超过限制：{}最多为 {}。", what_zh, limit));
}

void bomb(std::string_view entry, std::uint64_t ratio) {
  refuse(ErrorKind::too_large, "archive_bomb", entry,
         fmt::format("unpacks to more than {} times the size of the archive.", ratio),
         fmt::format("解压后超过压缩包大小的 {} 倍。", ratio),
         {"If the data is really that uniform, pack it as a plain .tar.",
          "如果数据确实如此重复，请打包为不压缩的 .tar。"});
}

void disk_full(std::string_view entry, std::uint64_t needed, std::uint64_t available) {
  refuse(
      ErrorKind::no_space, "disk_full", entry,
      fmt::format("does not fit: {} bytes so far, and the disk has room for {}.", needed,
                  available),
      fmt::format("放不下：目前已需 {} 字节，磁盘只有 {} 字节可用。", needed, available),
      {"Free some space in the data directory and try again.", "请清理数据目录所在磁盘后重试。"});
}

void cancelled() {
  throw Error(ErrorKind::conflict, "unpack_cancelled",
              {"Unpacking was cancelled.", "解压已取消。"});
}

}  // namespace cloudbrain::archive_errors
