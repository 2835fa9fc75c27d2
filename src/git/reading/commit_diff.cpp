#include "git/reading/commit_diff.h"

#include <array>
#include <charconv>
#include <span>

#include <unistd.h>

#include "base/error.h"
#include "base/process.h"
#include "git/git_command.h"

namespace cloudbrain {

namespace {

// The tree without entries, which git knows without having it.
constexpr std::string_view kNothing = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
// Paths handed to git as arguments stay far from the kernel's limit.
constexpr std::size_t kMostPathBytes = 256U << 10U;

ProcessOptions diff_tree(const fs::path& repository, std::string_view parent,
                         std::string_view commit, std::vector<std::string> options,
                         const std::vector<std::string>& paths) {
  std::vector<std::string> arguments{"-c",
                                     "core.quotePath=false",
                                     "-c",
                                     "core.bigFileThreshold=1m",
                                     "diff-tree",
                                     "-r",
                                     "--find-renames",
                                     "--no-ext-diff",
                                     "--no-textconv",
                                     "--no-color"};
  std::move(options.begin(), options.end(), std::back_inserter(arguments));
  arguments.emplace_back(parent);
  arguments.emplace_back(commit);
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), paths.begin(), paths.end());
  return git_process(repository, std::move(arguments));
}

// Up to `limit` bytes of what it writes; ended early where there is more.
std::string first_bytes(const ProcessOptions& options, std::size_t limit) {
  ChildProcess git = ChildProcess::start(options, {.output = true});
  std::string text;
  std::array<char, 65536> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (text.size() <= limit) {
    const ssize_t count = ::read(git.output().get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return text;  // ChildProcess ends git
}

std::string_view take(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

FileDiff::Status status_of(char letter) {
  switch (letter) {
    case 'A':
      return FileDiff::Status::added;
    case 'D':
      return FileDiff::Status::deleted;
    case 'R':
      return FileDiff::Status::renamed;
    default:
      return FileDiff::Status::modified;
  }
}

struct Listing {
  std::vector<FileDiff> files;
  std::vector<std::size_t> patches;  // of each file: 2 where a file became a link, or so
  std::vector<std::string> paths;    // old ones too
};

// The records of `--raw -z`: ":<modes> <ids> <letter>\0<path>\0", a renamed one with two paths. In
// the order of the patches. False where there are more than `most`.
bool parse_raw(std::string_view text, std::size_t most, Listing& listing) {
  std::size_t path_bytes = 0;
  while (text.starts_with(':')) {
    const std::string_view head = take(text, '\0');
    const std::string_view letter = head.substr(head.rfind(' ') + 1);
    const std::string_view first = take(text, '\0');
    FileDiff file;
    file.status = status_of(letter.empty() ? 'M' : letter[0]);
    const bool renamed = file.status == FileDiff::Status::renamed;
    const std::string_view last = renamed ? take(text, '\0') : first;
    if (renamed) file.old_path = readable(first);
    file.path = readable(last);
    path_bytes += first.size() + last.size();
    if (listing.files.size() == most || path_bytes > kMostPathBytes) return false;
    listing.paths.emplace_back(last);
    if (renamed) listing.paths.emplace_back(first);
    listing.patches.push_back(letter == "T" ? 2 : 1);
    listing.files.push_back(std::move(file));
  }
  return true;
}

// One line of a patch for the counts, only from its first hunk on.
void count_lines(std::string_view patch, FileDiff& file) {
  while (!patch.empty()) {
    const std::string_view line = take(patch, '\n');
    if (line.starts_with('+')) ++file.additions;
    if (line.starts_with('-')) ++file.deletions;
  }
}

// The parts of `-p`, each from its "diff --git" line: no other line of a patch begins so, as those
// of the files begin with a space, a sign or a backslash.
std::vector<std::string_view> split_patches(std::string_view text) {
  constexpr std::string_view kStart = "diff --git ";
  std::vector<std::string_view> patches;
  std::size_t at = text.starts_with(kStart) ? 0 : std::string_view::npos;
  while (at != std::string_view::npos) {
    const std::size_t newline = text.find("\ndiff --git ", at);
    const std::size_t next = newline == std::string_view::npos ? newline : newline + 1;
    patches.push_back(text.substr(at, next == std::string_view::npos ? next : next - at));
    at = next;
  }
  return patches;
}

void add_patches(std::span<const std::string_view> patches, FileDiff& file) {
  file.additions = file.deletions = 0;
  file.patch = "";
  for (const std::string_view patch : patches) {
    const std::size_t hunk = patch.find("\n@@ ");
    if (hunk == std::string_view::npos) {
      file.binary = file.binary || patch.find("\nBinary files ") != std::string_view::npos;
    } else {
      count_lines(patch.substr(hunk + 1), file);
      *file.patch += readable(patch.substr(hunk + 1));
    }
  }
}

// "<added>\t<deleted>\t<path>" of --numstat -z, "-" for binary ones; for those without a patch.
void parse_numstat(std::string_view text, std::vector<FileDiff>& files) {
  for (FileDiff& file : files) {
    if (text.empty()) return;
    const std::string_view added = take(text, '\t');
    const std::string_view deleted = take(text, '\t');
    file.binary = added == "-";
    std::from_chars(added.data(), added.data() + added.size(), file.additions);
    std::from_chars(deleted.data(), deleted.data() + deleted.size(), file.deletions);
    const std::string_view path = take(text, '\0');
    if (!path.empty()) continue;
    take(text, '\0');  // a renamed one: two paths follow
    take(text, '\0');
  }
}

}  // namespace

CommitDiff commit_diff(const Repositories& repositories, ProjectId project, std::string_view commit,
                       std::optional<std::string_view> parent, const DiffLimits& limits) {
  const fs::path repository = repositories.path(project);
  const std::string_view before = parent.value_or(kNothing);
  Listing listing;
  CommitDiff diff;
  diff.cut = !parse_raw(run_git(diff_tree(repository, before, commit, {"--raw", "-z"}, {})),
                        limits.files, listing);
  if (!diff.cut) listing.paths.clear();  // all of them
  diff.files = std::move(listing.files);
  if (diff.files.empty()) return diff;
  const std::string text =
      first_bytes(diff_tree(repository, before, commit, {"-p"}, listing.paths), limits.patch_bytes);
  std::vector<std::string_view> patches = split_patches(text);
  const bool whole = text.size() <= limits.patch_bytes;
  if (!whole) {
    if (!patches.empty()) patches.pop_back();  // perhaps a part of one
    parse_numstat(
        run_git(diff_tree(repository, before, commit, {"--numstat", "-z"}, listing.paths)),
        diff.files);
  }
  diff.cut = diff.cut || !whole;
  std::size_t next = 0;
  for (std::size_t i = 0; i < diff.files.size(); ++i) {
    const std::size_t count = listing.patches[i];
    if (next + count > patches.size()) break;
    add_patches(std::span(patches).subspan(next, count), diff.files[i]);
    next += count;
  }
  return diff;
}

}  // namespace cloudbrain
