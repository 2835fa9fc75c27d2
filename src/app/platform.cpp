#include "app/platform.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/examples.h"
#include "api/people/passwords.h"
#include "api/routes.h"
#include "app/catalogue_files.h"
#include "app/version.h"
#include "base/hash.h"
#include "base/log.h"
#include "engines/local/local_engine.h"
#include "engines/local/machine.h"
#include "engines/local/task_user.h"
#include "http/server.h"
#include "tasks/launch/task_packages.h"

namespace cloudbrain::app {

namespace {

constexpr unsigned kUnpackThreads = 2;

// A server that was killed this moment still holds its files until the kernel has taken it apart.
constexpr std::chrono::seconds kLockPatience{3};
constexpr std::chrono::milliseconds kLockLook{20};

bool lock_in_time(const Fd& lock) {
  const auto deadline = std::chrono::steady_clock::now() + kLockPatience;
  while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kLockLook);
  }
  return true;
}

// Held while the server lives: two servers on one data directory would start everything twice.
Fd lock_data(const fs::path& data) {
  make_directories(data);
  if (::chmod(data.c_str(), 0700) != 0) throw_errno("chmod", data.native());
  Fd lock = open_file(data / "lock", O_RDWR | O_CREAT, 0600);
  if (!lock_in_time(lock)) {
    throw Error(ErrorKind::conflict, "data_in_use",
                {fmt::format("Another server already uses the data directory {}.", data.native()),
                 fmt::format("数据目录 {} 正被另一个服务使用。", data.native())},
                {"Stop it first, or name another directory by --data.",
                 "请先停止它，或用 --data 指定其他目录。"});
  }
  return lock;
}

std::unique_ptr<LocalEngine> make_local_engine(const Configuration& configuration) {
  LocalOptions options;
  options.tasks_root = configuration.data / "tasks";
  options.state_directory = configuration.data / "engine";
  options.data_directory = configuration.data;
  options.runner = find_runner(configuration);
  options.cpus = configuration.cpus;
  options.memory_bytes = configuration.memory_bytes;
  if (!configuration.cdi.empty()) options.sources.cdi = configuration.cdi;
  // As many tasks as end at once are followed at once by runners that are ready.
  options.spares = std::clamp(configuration.cpus.value_or(detect_machine().cpus), 2, 8);
  return std::make_unique<LocalEngine>(options);
}

std::vector<Cluster> clusters_of(const Configuration& configuration, const Offer& offer) {
  if (auto clusters = read_clusters(configuration.directory() / "clusters.toml")) return *clusters;
  std::vector<Cluster> clusters = default_clusters("local");
  for (Cluster& cluster : clusters) {
    for (const AcceleratorOffer& kind : offer.accelerators) {
      if (std::ranges::find(cluster.computes, kind.compute) == cluster.computes.end())
        cluster.computes.push_back(kind.compute);
    }
  }
  return clusters;
}

std::map<std::string, std::unique_ptr<Engine>> engines_of(std::unique_ptr<LocalEngine> local) {
  std::map<std::string, std::unique_ptr<Engine>> engines;
  engines.emplace("local", std::move(local));
  return engines;
}

// Owner of what a script may write; empty where the script is whoever the server is.
std::optional<unsigned> owner_of_task_files() {
  const TaskUser user = task_user();
  return user.own_user ? std::optional<unsigned>(user.uid) : std::nullopt;
}

void make_first_administrator(store::Database& database, const Configuration& configuration,
                              const Clock& clock) {
  store::Users users(database);
  if (users.count() > 0) return;
  const bool given = configuration.admin_password.has_value();
  const std::string password = given ? *configuration.admin_password : random_hex(10);
  store::User admin;
  admin.name = "admin";
  admin.password_hash = api::hash_password(password);
  admin.is_admin = true;
  admin.created_at = clock.now();
  users.create(admin);
  // The one time it is told, on standard output and not in the log.
  if (!given) {
    fmt::print(
        "The first administrator is \"admin\", password {}\n(shown only this once; keep it)\n",
        password);
    std::fflush(stdout);
  }
}

// For files of requests that are under way.
fs::path empty_scratch(fs::path directory) {
  remove_tree(directory);
  make_directories(directory);
  return directory;
}

// A project's row comes first and goes first; a crash between leaves it without its repository, or
// a repository without its project.
void match_repositories(store::Database& database, Repositories& repositories) {
  const store::Projects projects(database);
  std::set<ProjectId> known;
  store::Page page{.limit = 500};
  while (true) {
    const std::vector<store::Project> rows = projects.list({.everything = true}, page);
    for (const store::Project& row : rows) {
      repositories.create(row.id);
      known.insert(row.id);
    }
    if (rows.size() < static_cast<std::size_t>(page.limit)) break;
    page.after = rows.back().id.value;
  }
  repositories.remove_others(known);
}

}  // namespace

struct Platform::Rooms {
  explicit Rooms(const Configuration& given)
      : Rooms(given, lock_data(given.data), make_local_engine(given)) {}
  Rooms(const Configuration& given, Fd held, std::unique_ptr<LocalEngine> engine);

  Fd lock;
  fs::path tasks_root;
  Configuration configuration;
  SystemClock clock;
  Metrics metrics;
  Watcher watcher;
  store::Database database;
  BlobStore blobs;
  DatasetTrees trees;
  ModelTrees model_trees;
  Repositories repositories;
  RevisionReader revisions;
  SmartHttp git;
  Upkeep upkeep;
  CodeCache code;
  LocalEngine& local;  // owned by the catalogue
  Catalogue catalogue;
  SpecDesk specs;
  TaskFeed feed;
  TaskLogs logs;
  ContentKeeper contents;
  DatasetShelf shelf;
  ImageStore image_store;
  ImageShelf images;
  StateChanges changes;
  Preparer preparer;
  Conductor conductor;
  QuotaCheck quotas;
  ModelShelf models;
  Submit submit;
  UploadDesk uploads;
  ProjectImports imports;
  api::SignInThrottle throttle;
  api::Services services;
  http::Server server;

 private:
  http::ServerOptions server_options();
};

Platform::Rooms::Rooms(const Configuration& given, Fd held, std::unique_ptr<LocalEngine> engine)
    : lock(std::move(held)),
      tasks_root(given.data / "tasks"),
      configuration(given),
      database(given.data / "cloudbrain.db"),
      blobs(given.data / "blobs"),
      trees(given.data / "datasets", blobs),
      model_trees(given.data / "models", blobs),
      repositories(given.data / "repositories"),
      revisions(repositories),
      git(repositories, fs::read_symlink("/proc/self/exe")),
      upkeep(repositories),
      code(given.data / "code", repositories),
      local(*engine),
      catalogue(engines_of(std::move(engine)), clusters_of(given, local.offer()), {}),
      specs(database, catalogue, read_specs(given.directory() / "specs.toml", catalogue.clusters()),
            clock),
      contents(database, blobs, trees),
      shelf(database, contents, trees, kUnpackThreads),
      image_store(given.data / "images", given.data),
      images({database, image_store, clock, tasks_root}),
      changes(database, feed, metrics, clock),
      preparer({database, catalogue, code, shelf, model_trees, images, tasks_root,
                write_task_packages(given.data / "task-packages"), owner_of_task_files(),
                given.task_disk}),
      conductor({database, catalogue, preparer, changes, logs, clock, tasks_root}),
      quotas({database, catalogue, repositories}),
      models({database, blobs, contents, model_trees, quotas, clock, tasks_root}),
      submit({database, catalogue, revisions, images, conductor, quotas, clock}),
      uploads({.database = database,
               .blobs = blobs,
               .clock = clock,
               .need_storage = [this](UserId owner,
                                      std::uint64_t bytes) { quotas.need_storage(owner, bytes); },
               .drop_content = [this](const std::string& sha256) { contents.drop(sha256); },
               .expiry = given.upload_expiry}),
      imports(database, repositories, revisions),
      services{.database = database,
               .blobs = blobs,
               .repositories = repositories,
               .revisions = revisions,
               .git = git,
               .upkeep = upkeep,
               .catalogue = catalogue,
               .specs = specs,
               .contents = contents,
               .shelf = shelf,
               .images = images,
               .uploads = uploads,
               .models = models,
               .conductor = conductor,
               .submit = submit,
               .imports = imports,
               .quotas = quotas,
               .logs = logs,
               .feed = feed,
               .watcher = watcher,
               .metrics = metrics,
               .throttle = throttle,
               .clock = clock,
               .tasks_root = tasks_root,
               .scratch = empty_scratch(given.data / "scratch"),
               .version = kVersion},
      server(server_options(), api::make_router(services)) {
  shelf.on_settled([this](const std::string& sha256) { conductor.wake_held_by(sha256); });
  images.on_settled([this](const std::string& key) { conductor.wake_held_by(key); });
}

http::ServerOptions Platform::Rooms::server_options() {
  http::ServerOptions options;
  options.address = configuration.address;
  options.port = configuration.port;
  options.trusted_proxies = configuration.proxies;
  options.add_headers = api::add_security_headers;
  options.on_finished = [this](const http::Finished& request) {
    metrics.count("cloudbrain_http_requests_total", {{"method", std::string(request.method)},
                                                     {"route", std::string(request.pattern)},
                                                     {"status", std::to_string(request.status)}});
    log::debug("{} {} {} {} {} us", request.peer, request.method, request.path, request.status,
               request.duration.count());
  };
  return options;
}

Platform::Platform(const Configuration& configuration)
    : rooms_(std::make_unique<Rooms>(configuration)) {}

Platform::~Platform() {
  rooms_->server.stop();
  rooms_->shelf.on_settled({});
  rooms_->local.on_machine_change({});
}

void Platform::start() {
  make_first_administrator(rooms_->database, rooms_->configuration, rooms_->clock);
  match_repositories(rooms_->database, rooms_->repositories);
  rooms_->imports.fail_unfinished();
  api::publish_examples(rooms_->services);
  rooms_->local.on_machine_change([specs = &rooms_->specs] { specs->refresh(); });
  rooms_->specs.refresh();
  rooms_->conductor.start();
  rooms_->local.sweep();  // after the conductor has looked at every task that may still run
  rooms_->contents.sweep();
  rooms_->shelf.resume();
  rooms_->uploads.start();
  rooms_->models.resume();
  rooms_->server.start();
}

std::uint16_t Platform::port() const {
  return rooms_->server.port();
}

}  // namespace cloudbrain::app
