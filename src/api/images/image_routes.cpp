// The catalogue of images: everyone reads it, the administrator writes it.
#include "api/images/image_upload.h"
#include "api/images/image_view.h"
#include "api/routes.h"

namespace cloudbrain::api {

namespace {

constexpr std::size_t kMostWords = 50;

ImageView host_view(const Call& call) {
  ImageView view;
  view.name = kHostImage;
  view.title = call.say({"This machine's own Python", "本机自带的 Python 环境"});
  view.tags = {"python3"};
  view.state = "ready";
  return view;
}

std::string step_name(ImageProgress::Step step) {
  switch (step) {
    case ImageProgress::Step::asking:
      return "asking";
    case ImageProgress::Step::fetching:
      return "fetching";
    case ImageProgress::Step::unpacking:
      return "unpacking";
  }
  return "asking";
}

ImageList images(Call& call) {
  ImageList list;
  list.items.push_back(host_view(call));
  for (const store::Image& image : store::Images(call.services.database).all())
    list.items.push_back(view_of(call, image));
  return list;
}

store::Image named_image(const Call& call) {
  const std::string& name = call.request.arg("image");
  auto image = store::Images(call.services.database).find(name);
  if (!image) {
    throw Error(
        ErrorKind::missing, "image_missing",
        {fmt::format("There is no platform image \"{}\".", name),
         fmt::format("没有平台镜像“{}”。", name)},
        {"See those that there are: cloudbrain image list", "可用镜像见：cloudbrain image list"});
  }
  return std::move(*image);
}

void check_words(const Call& call, const store::Image& image, std::vector<FieldProblem>& problems) {
  const Catalogue& catalogue = call.services.catalogue;
  for (const std::string& name : image.clusters) {
    if (catalogue.find_cluster(name) != nullptr) continue;
    problems.push_back({"clusters",
                        "cluster_missing",
                        {fmt::format("There is no cluster \"{}\".", name),
                         fmt::format("没有算力集群“{}”。", name)}});
  }
  for (const auto& [field, words] :
       {std::pair("tags", &image.tags), std::pair("computes", &image.computes),
        std::pair("engines", &image.engines)}) {
    const bool fine = words->size() <= kMostWords && std::ranges::all_of(*words, [](auto& word) {
                        return !word.empty() && word.size() <= 100;
                      });
    if (fine) continue;
    problems.push_back(
        {field,
         "out_of_range",
         {"At most 50 words of 1 to 100 bytes.", "最多 50 项，每项 1 到 100 字节。"}});
  }
}

void check(const Call& call, const store::Image& image) {
  std::vector<FieldProblem> problems;
  check_image_name(image.name, problems);
  if (!image.from_archive) {
    if (const auto broken = check_image_reference(image.reference))
      problems.push_back({"reference", broken->code, broken->message});
  }
  if (const auto broken = check_description(image.description))
    problems.push_back({"description", broken->code, broken->message});
  check_words(call, image, problems);
  if (!problems.empty()) throw Error::fields(std::move(problems));
}

ImageView create(Call& call, const ImageBody& body) {
  store::Image image;
  image.name = body.name;
  image.reference = body.reference;
  image.description = body.description;
  image.tags = body.tags;
  image.recommended = body.recommended;
  image.computes = body.computes;
  image.clusters = body.clusters;
  image.engines = body.engines;
  image.created_at = call.services.clock.now();
  check(call, image);
  image.id = store::Images(call.services.database).insert(image);
  if (body.fetch && !call.services.images.store().why_none()) call.services.images.fetch(image);
  return view_of(call, image);
}

ImageView change(Call& call, const ImageChange& body) {
  store::Image image = named_image(call);
  image.name = body.name.value_or(image.name);
  image.description = body.description.value_or(image.description);
  image.tags = body.tags.value_or(image.tags);
  image.recommended = body.recommended.value_or(image.recommended);
  image.computes = body.computes.value_or(image.computes);
  image.clusters = body.clusters.value_or(image.clusters);
  image.engines = body.engines.value_or(image.engines);
  if (body.reference && (image.from_archive || *body.reference != image.reference)) {
    image.reference = *body.reference;
    image.from_archive = false;
    image.digest.clear();
    image.failure.reset();
  }
  check(call, image);
  store::Images(call.services.database).update(image);
  return view_of(call, image);
}

http::Response remove(Call& call) {
  const store::Image image = named_image(call);
  store::Images(call.services.database).remove(image.id);
  call.services.images.forget(image.id);
  return http::Response::empty(204);
}

// What its tag stands for now, from now on. Tasks that have their image keep it.
ImageView fetch(Call& call) {
  const store::Image image = named_image(call);
  if (image.from_archive) {
    throw Error(ErrorKind::conflict, "image_from_archive",
                {fmt::format("{} came as an archive; there is no registry to ask.", image.name),
                 fmt::format("{} 来自归档，没有可查询的镜像仓库。", image.name)},
                {"Upload a new one: cloudbrain image load NAME FILE.",
                 "请上传新归档：cloudbrain image load 名称 文件。"});
  }
  if (const auto why = call.services.images.store().why_none())
    throw Error(ErrorKind::unavailable, "images_impossible", *why);
  call.services.images.fetch(image);
  return view_of(call, image);
}

PrunedView prune(Call& call) {
  return {call.services.images.collect(std::nullopt)};
}

}  // namespace

void check_image_name(std::string_view name, std::vector<FieldProblem>& problems) {
  // As of a model: no "/", ":" or "@", so it is no reference of another registry.
  if (const auto broken = check_model_name(name))
    problems.push_back({"name", broken->code, broken->message});
  if (lower_case(name) == kHostImage) {
    problems.push_back(
        {"name", "reserved", {"\"host\" is this machine's own.", "“host”是本机自带镜像的名称。"}});
  }
}

ImageView view_of(const Call& call, const store::Image& image) {
  ImageView view;
  view.name = image.name;
  view.title = image.description.empty() ? image.name : image.description;
  view.tags = image.tags;
  view.reference = image.reference;
  view.digest = image.digest;
  view.recommended = image.recommended;
  view.computes = image.computes;
  view.clusters = image.clusters;
  view.engines = image.engines;
  const ImageShelf& shelf = call.services.images;
  const auto unpacked =
      image.digest.empty() ? std::nullopt : call.services.images.store().find(image.digest);
  view.size = unpacked ? unpacked->size_bytes : 0;
  view.state = unpacked ? "ready" : "absent";
  if (image.failure) {
    view.state = unpacked ? "ready" : "failed";
    view.failure = ImageFailureView{image.failure->code, call.say(image.failure->message),
                                    call.say(image.failure->next)};
  }
  if (const auto progress = shelf.progress_of(image.id)) {
    view.state = step_name(progress->step);
    view.layers = progress->layers;
    view.layers_done = progress->layers_done;
    view.bytes = progress->bytes;
    view.bytes_done = progress->bytes_done;
  }
  return view;
}

void add_image_routes(Operations& operations) {
  const std::string all = "/api/v2/images";
  const std::string one = all + "/{image}";
  operations.push_back(
      answers<ImageList>({"GET", all, Right::signed_in, Scope::read, "Images"}, images));
  operations.push_back(takes<ImageBody, ImageView>(
      {"POST", all, Right::administer, Scope::admin, "Offer an image", {}, 201}, create));
  operations.push_back(takes<ImageChange, ImageView>(
      {"PATCH", one, Right::administer, Scope::admin, "Change an image of the catalogue"}, change));
  operations.push_back(responds(
      {"DELETE", one, Right::administer, Scope::admin, "Offer it no more", {}, 204}, "", remove));
  operations.push_back(answers<ImageView>({"POST",
                                           one + "/fetch",
                                           Right::administer,
                                           Scope::admin,
                                           "Fetch what the reference stands for now",
                                           {},
                                           202},
                                          fetch));
  Operation archive = receives({"PUT",
                                one + "/archive",
                                Right::administer,
                                Scope::admin,
                                "Upload an image as docker save or an OCI archive has it",
                                {},
                                202},
                               receive_image_archive);
  archive.answer_schema = [](json::object& components) {
    return schema_of<ImageView>(components, true);
  };
  operations.push_back(std::move(archive));
  operations.push_back(answers<PrunedView>({"POST", all + "/prune", Right::administer, Scope::admin,
                                            "Remove the trees of images that no task uses"},
                                           prune));
}

}  // namespace cloudbrain::api
