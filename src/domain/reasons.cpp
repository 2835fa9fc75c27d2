#include "domain/reasons.h"

#include <array>
#include <cstring>

#include <fmt/format.h>

namespace cloudbrain::reasons {

Reason exit_code(int code) {
  return {"exit_code",
          {fmt::format("The script ended with exit code {}.", code),
           fmt::format("脚本以退出码 {} 结束。", code)},
          {"Read the last lines of the log: the error is there.", "请查看日志末尾的错误信息。"}};
}

Reason killed_by_signal(int signal) {
  const char* name = sigabbrev_np(signal);
  const std::string text = name != nullptr ? fmt::format("SIG{}", name) : fmt::format("{}", signal);
  return {"signal",
          {fmt::format("The script was ended by signal {}.", text),
           fmt::format("脚本被信号 {} 终止。", text)},
          {"Read the last lines of the log; a crash in native code leaves no traceback.",
           "请查看日志末尾；原生代码崩溃不会留下 traceback。"}};
}

Reason out_of_memory(std::int64_t limit_bytes) {
  const std::int64_t mebibytes = limit_bytes >> 20;
  return {"out_of_memory",
          {fmt::format("The script used more memory than its {} MB.", mebibytes),
           fmt::format("脚本使用的内存超过了规格的 {} MB。", mebibytes)},
          {"Use a smaller batch size, or modify the task and choose a spec with more memory.",
           "请减小 batch size，或修改任务并选择内存更大的资源规格。"}};
}

Reason out_of_disk(std::int64_t limit_bytes) {
  const std::int64_t mebibytes = limit_bytes >> 20;
  return {"out_of_disk",
          {fmt::format("The script wrote more files than the {} MB that a task may keep on disk "
                       "(results, /tmp and code together); the newest were removed.",
                       mebibytes),
           fmt::format("脚本写入的文件超过了单个任务的磁盘上限 {} MB（结果、/tmp "
                       "与代码合计），最新的文件已被删除。",
                       mebibytes)},
          {"Keep fewer checkpoints or remove temporary files; an administrator can raise the limit "
           "with `cloudbrain serve --task-disk`.",
           "请减少检查点数量或清理临时文件；管理员可用 `cloudbrain serve --task-disk` 提高上限。"}};
}

Reason timeout(std::int64_t limit_s) {
  return {
      "timeout",
      {fmt::format("The task reached its time limit of {} s.", limit_s),
       fmt::format("任务达到了 {} 秒的运行时长上限。", limit_s)},
      {"Modify the task with a larger max_runtime_s, or save checkpoints and continue from one.",
       "请修改任务并增大最长运行时间，或保存检查点后继续训练。"}};
}

Reason stopped_by_user(std::string_view user) {
  return {"stopped_by_user",
          {fmt::format("Stopped by {}.", user), fmt::format("由 {} 停止。", user)},
          {}};
}

Reason node_lost() {
  return {"node_lost",
          {"The process that watched the task is gone, and the task with it.",
           "监护任务的进程已消失，任务随之终止。"},
          {"Modify and submit the task again; files already written are kept in its results.",
           "请修改后重新提交任务；已写出的文件保留在结果中。"}};
}

Reason start_failed(const Text& detail) {
  return {"start_failed",
          {"The task could not be started: " + detail.en, "任务无法启动：" + detail.zh},
          {"Run `cloudbrain doctor` on the server to see what is missing.",
           "请在服务器上运行 `cloudbrain doctor` 查看缺少什么。"}};
}

Reason dataset_failed(std::string_view dataset, const Text& detail) {
  return {
      "dataset_failed",
      {fmt::format("The data set {} could not be unpacked: {}", dataset, detail.en),
       fmt::format("数据集 {} 解压失败：{}", dataset, detail.zh)},
      {"Upload a sound archive and submit the task again.", "请上传完好的压缩包后重新提交任务。"}};
}

Reason preparation_failed(const Text& detail, const Text& next) {
  return {"preparation_failed",
          {"The task could not be made ready: " + detail.en, "任务准备失败：" + detail.zh},
          next};
}

Reason preparing_code() {
  return {"preparing_code", {"The code is being copied.", "正在准备代码。"}, {}};
}

Reason unpacking_dataset(std::string_view dataset) {
  return {"unpacking_dataset",
          {fmt::format("Waiting for the data set {} to be unpacked.", dataset),
           fmt::format("正在等待数据集 {} 解压完成。", dataset)},
          {}};
}

Reason pulling_image(std::string_view image) {
  return {"pulling_image",
          {fmt::format("Waiting for the image {} to be fetched.", image),
           fmt::format("正在等待镜像 {} 拉取完成。", image)},
          {}};
}

Reason waiting_for_resources(const Text& message, const Text& next) {
  return {"waiting_for_resources", message, next};
}

}  // namespace cloudbrain::reasons
