// An image of the catalogue as everyone sees it.
#pragma once

#include "api/operation.h"
#include "api/views.h"
#include "store/images/images.h"

namespace cloudbrain::api {

ImageView view_of(const Call& call, const store::Image& image);

// What keeps `name` from being an image's: it must be no reference that a task could mean something
// else by.
void check_image_name(std::string_view name, std::vector<FieldProblem>& problems);

}  // namespace cloudbrain::api
