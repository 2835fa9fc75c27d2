#include "engines/local/devices/nvml.h"

#include <array>
#include <cstring>
#include <memory>

#include <dlfcn.h>
#include <fmt/format.h>

namespace cloudbrain {

namespace {

// The part of NVML's binary interface that is used here (NVML API reference guide): stable since
// its version 2 entry points.
using Device = void*;
using Result = int;
constexpr Result kSuccess = 0;
constexpr Result kNotSupported = 3;
constexpr Result kGpuIsLost = 15;
constexpr Result kResetRequired = 16;
struct Memory {
  unsigned long long total, free, used;
};

struct CloseLibrary {
  void operator()(void* library) const { ::dlclose(library); }
};

class Library {
 public:
  Library() : handle_(::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) return;
    Result (*init)() = nullptr;
    ready_ = find(init, "nvmlInit_v2") && find(shutdown_, "nvmlShutdown") &&
             find(count_, "nvmlDeviceGetCount_v2") &&
             find(handle_of_, "nvmlDeviceGetHandleByIndex_v2") &&
             find(minor_, "nvmlDeviceGetMinorNumber") && find(name_, "nvmlDeviceGetName") &&
             find(uuid_, "nvmlDeviceGetUUID") && find(memory_, "nvmlDeviceGetMemoryInfo") &&
             init() == kSuccess;
    (void)find(remapped_, "nvmlDeviceGetRemappedRows");  // newer drivers
  }
  ~Library() {
    if (ready_) shutdown_();
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  std::vector<NvmlCard> cards() const {
    std::vector<NvmlCard> cards;
    unsigned count = 0;
    if (!ready_ || count_(&count) != kSuccess) return cards;
    for (unsigned index = 0; index < count; ++index) cards.push_back(card(index));
    return cards;
  }

 private:
  template <typename Function>
  bool find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(::dlsym(handle_.get(), name));
    return function != nullptr;
  }

  NvmlCard card(unsigned index) const {
    NvmlCard card;
    card.minor = static_cast<int>(index);  // where it can't be asked: they are mostly the same
    Device device = nullptr;
    if (const Result result = handle_of_(index, &device); result != kSuccess) {
      card.problem = problem(result);
      return card;
    }
    unsigned minor = 0;
    if (minor_(device, &minor) == kSuccess) card.minor = static_cast<int>(minor);
    std::array<char, 128> text{};
    if (name_(device, text.data(), text.size()) == kSuccess) card.model = text.data();
    if (uuid_(device, text.data(), text.size()) == kSuccess) card.uuid = text.data();
    Memory memory{};
    const Result result = memory_(device, &memory);
    if (result == kSuccess) card.memory_bytes = static_cast<std::int64_t>(memory.total);
    // A card that is gone answers every question so; one without memory of its own does not know.
    if (result != kSuccess && result != kNotSupported) card.problem = problem(result);
    if (card.problem.empty() && rows_are_lost(device)) {
      card.problem = {"its memory has failed rows that could not be replaced",
                      "显存中有无法替换的故障行"};
    }
    return card;
  }

  bool rows_are_lost(Device device) const {
    unsigned corrected = 0;
    unsigned uncorrected = 0;
    unsigned pending = 0;
    unsigned failed = 0;
    return remapped_ != nullptr &&
           remapped_(device, &corrected, &uncorrected, &pending, &failed) == kSuccess &&
           failed != 0;
  }

  static Text problem(Result result) {
    if (result == kGpuIsLost) return {"it has fallen off the bus", "设备已从总线上丢失"};
    if (result == kResetRequired) return {"it must be reset", "设备需要重置"};
    return {fmt::format("the driver answers with error {}", result),
            fmt::format("驱动返回错误 {}", result)};
  }

  std::unique_ptr<void, CloseLibrary> handle_;
  bool ready_ = false;
  Result (*shutdown_)() = nullptr;
  Result (*count_)(unsigned*) = nullptr;
  Result (*handle_of_)(unsigned, Device*) = nullptr;
  Result (*minor_)(Device, unsigned*) = nullptr;
  Result (*name_)(Device, char*, unsigned) = nullptr;
  Result (*uuid_)(Device, char*, unsigned) = nullptr;
  Result (*memory_)(Device, Memory*) = nullptr;
  Result (*remapped_)(Device, unsigned*, unsigned*, unsigned*, unsigned*) = nullptr;
};

}  // namespace

std::vector<NvmlCard> ask_nvml() {
  return Library().cards();
}

}  // namespace cloudbrain
