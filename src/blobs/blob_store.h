// Bytes by content: every blob is a file named by its SHA-256, stored once however often it comes.
//
//   <root>/sha256/ab/ab12…   finished blobs, read-only
//   <root>/incoming/         a request's bytes under way; emptied at start
//   <root>/unfinished/       uploads that can be taken up again: uploads/upload_files.h
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/keyed_pool.h"
#include "blobs/uploads/growing_file.h"

namespace cloudbrain {

struct Blob {
  std::string sha256;  // 64 lower-case hex digits
  std::uint64_t size = 0;

  bool operator==(const Blob&) const = default;
};

// Safe from any thread. One per root; outlives its uploads.
class BlobStore {
 public:
  // Bytes as they come in. One owner, one thread at a time; destroyed before finish() it leaves
  // nothing behind.
  class Upload {
   public:
    Upload(Upload&& other) noexcept;
    Upload& operator=(Upload&& other) noexcept;
    ~Upload();

    // Appends and hashes. Throws Error no_space ("disk_full").
    void write(std::span<const char> bytes) { file_.append(bytes); }
    std::uint64_t size() const { return file_.size(); }
    // Makes the bytes a blob that survives power loss. Content that is known already is dropped.
    // The upload may not be used afterwards.
    Blob finish();

   private:
    friend class BlobStore;
    Upload(BlobStore& store, GrowingFile file) : store_(&store), file_(std::move(file)) {}
    void abandon() noexcept;

    BlobStore* store_;  // empty: nothing to remove
    GrowingFile file_;
  };

  // Makes the directories and removes what requests cut short left in an earlier run.
  explicit BlobStore(fs::path root);

  // Throws Error no_space ("disk_full") where so many bytes cannot fit beside the reserve.
  void need_room(std::uint64_t bytes) const;

  // Throws as need_room, at once, where `expected_size` is given.
  Upload begin(std::optional<std::uint64_t> expected_size = {});

  // Makes all of a file's bytes a blob that survives power loss. The file stays where it is, as a
  // second name of the same bytes, until its owner removes it.
  Blob keep(GrowingFile& file);

  // Threads that hash what comes in.
  KeyedPool& hashers() { return hashers_; }
  const fs::path& root() const { return root_; }

  // Empty where there is no such blob (or `sha256` is no hash at all).
  Fd open(std::string_view sha256) const;
  std::optional<std::uint64_t> size(std::string_view sha256) const;
  // False where there was none.
  bool remove(std::string_view sha256);
  // SHA-256 of every blob that is here now.
  std::vector<std::string> contents() const;
  // Where a blob lies. Throws Error invalid ("not_a_sha256") for anything but 64 lower-case hex
  // digits.
  fs::path path(std::string_view sha256) const;

 private:
  fs::path make_place(std::string_view sha256) const;

  fs::path root_;
  KeyedPool hashers_;
};

// 64 lower-case hex digits.
bool is_sha256(std::string_view text);

}  // namespace cloudbrain
