// Every reason a task can give for its state: one function per code, so that the sentences of both
// languages stand in one place and a code is never misspelt.
#pragma once

#include <cstdint>
#include <string_view>

#include "domain/task.h"

namespace cloudbrain::reasons {

// Ends.
Reason exit_code(int code);                      // "exit_code"
Reason killed_by_signal(int signal);             // "signal"
Reason out_of_memory(std::int64_t limit_bytes);  // "out_of_memory"
Reason out_of_disk(std::int64_t limit_bytes);    // "out_of_disk"
Reason timeout(std::int64_t limit_s);            // "timeout"
Reason stopped_by_user(std::string_view user);   // "stopped_by_user"
Reason node_lost();                              // "node_lost"
Reason start_failed(const Text& detail);         // "start_failed"
// Preparation.
Reason dataset_failed(std::string_view dataset, const Text& detail);  // "dataset_failed"
Reason preparation_failed(const Text& detail, const Text& next);      // "preparation_failed"
// While it waits or prepares: shown by explain, not an end.
Reason preparing_code();                                              // "preparing_code"
Reason unpacking_dataset(std::string_view dataset);                   // "unpacking_dataset"
Reason pulling_image(std::string_view image);                         // "pulling_image"
Reason waiting_for_resources(const Text& message, const Text& next);  // "waiting_for_resources"

}  // namespace cloudbrain::reasons
