// A file that lies elsewhere on our disk becomes a blob without copying a byte.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "blobs/blob_store.h"

namespace cloudbrain {

// Takes the regular file `fd` (open for reading only) into `blobs`: hashes it, and gives it a
// second name there, unless the content is known already. Both names are then one file, so first it
// becomes ours: owned by the server's user, read-only. `name` is for messages.
//
// Whoever wrote it may have left a process behind that still has it open for writing or mapped;
// that is found out by a read lease (fcntl(2), F_SETLEASE), which the kernel refuses then. File
// systems without leases (NFS) cannot tell; there only a change while it is hashed is noticed.
// Where the file lies on another file system it is copied.
//
// `go_on` is asked every few megabytes; nullopt where it said no. Throws
//   conflict "file_still_open"  somebody has it open for writing
//   conflict "file_changed"     it was changed meanwhile
//   no_space "disk_full"        it had to be copied
std::optional<Blob> adopt_file(BlobStore& blobs, const Fd& fd, std::string_view name,
                               const std::function<bool()>& go_on);

}  // namespace cloudbrain
