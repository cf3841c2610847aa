// Graphs as a whole: instantiating, updating, launching; their picture; user objects.
#include "backends/cuda/call.h"

#include <cstdio>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace gpuferry::cuda {

CUresult custom_cuGraphInstantiateWithParams(Call &call) {
  const auto *args = call.args<gf_cuGraphInstantiateWithParams_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuGraphInstantiateWithParams;
  if (!native)
    return call.missing("cuGraphInstantiateWithParams");
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  CUDA_GRAPH_INSTANTIATE_PARAMS params{};
  params.flags = args->flags;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &params.hUploadStream))
    return error;
  auto *reply = call.reply<gf_cuGraphInstantiateWithParams_reply>();
  CUgraphExec exec = nullptr;
  const CUresult result = native(&exec, graph, &params);
  reply->result = static_cast<uint32_t>(params.result_out);
  reply->error_node = call.adopt(GF_KIND_GRAPH_NODE, params.hErrNode_out);
  if (result != CUDA_SUCCESS)
    return result;
  return call.bind(GF_KIND_GRAPH_EXEC, args->exec, exec) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuGraphExecUpdate_v2(Call &call) {
  const auto *args = call.args<gf_cuGraphExecUpdate_v2_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuGraphExecUpdate_v2;
  if (!native)
    return call.missing("cuGraphExecUpdate_v2");
  CUgraphExec exec = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_EXEC, args->exec, &exec))
    return error;
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  auto *reply = call.reply<gf_cuGraphExecUpdate_v2_reply>();
  CUgraphExecUpdateResultInfo info{};
  const CUresult result = native(exec, graph, &info);
  reply->result = static_cast<uint32_t>(info.result);
  reply->error_node = call.adopt(GF_KIND_GRAPH_NODE, info.errorNode);
  reply->error_from_node = call.adopt(GF_KIND_GRAPH_NODE, info.errorFromNode);
  return result;
}

CUresult custom_cuGraphLaunch(Call &call) {
  const auto *args = call.args<gf_cuGraphLaunch_args>();
  if (!args)
    return call.poisoned();
  CUgraphExec exec = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_EXEC, args->exec, &exec))
    return error;
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  return exec ? call.driver().cuGraphLaunch(exec, stream) : CUDA_ERROR_INVALID_HANDLE;
}

namespace {

/// What the driver writes to a file, as text: into one of memory alone, that only we can name.
class MemoryFile {
public:
  MemoryFile() : fd_(memfd_create("gpuferry-dot", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (fd_ >= 0)
      close(fd_);
  }
  MemoryFile(const MemoryFile &) = delete;
  MemoryFile &operator=(const MemoryFile &) = delete;

  bool ok() const { return fd_ >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  std::string text() const {
    std::string text;
    char part[4096];
    for (ssize_t got; (got = pread(fd_, part, sizeof part, static_cast<off_t>(text.size()))) > 0;)
      text.append(part, static_cast<size_t>(got));
    return text;
  }

private:
  int fd_;
};

} // namespace

CUresult custom_cuGraphDebugDotPrint(Call &call) {
  const auto *args = call.args<gf_cuGraphDebugDotPrint_args>();
  if (!args)
    return call.poisoned();
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  std::string &text = call.lane().dot_text;
  if (args->offset == 0) { // else the guest fetches the rest of what it asked for
    auto *native = call.driver().cuGraphDebugDotPrint;
    if (!native)
      return call.missing("cuGraphDebugDotPrint");
    const MemoryFile file;
    if (!file.ok())
      return CUDA_ERROR_OPERATING_SYSTEM;
    if (const CUresult error = native(graph, file.path().c_str(), args->flags))
      return error;
    text = file.text();
  }
  auto *reply = call.reply<gf_cuGraphDebugDotPrint_reply>();
  reply->total_bytes = text.size();
  constexpr uint64_t kMost = GF_REPLY_DATA_BYTES - 64;
  reply->bytes =
      std::min<uint64_t>(text.size() - std::min<uint64_t>(args->offset, text.size()), kMost);
  std::byte *tail = call.reply_tail(reply->bytes);
  if (!tail)
    return call.poisoned();
  if (reply->bytes)
    std::memcpy(tail, text.data() + args->offset, reply->bytes);
  if (args->offset + reply->bytes >= text.size())
    text = {};
  return CUDA_SUCCESS;
}

namespace {

/// The guest's destructor, which runs there. The driver does not wait for it, and neither do we.
struct GuestDestructor {
  Session *session;
  uint64_t object; ///< the guest's handle, whose end this is
  uint64_t callback_id;

  static void run(void *self) {
    auto *destructor = static_cast<GuestDestructor *>(self);
    destructor->session->objects.unbind(GF_KIND_USER_OBJECT, destructor->object);
    destructor->session->courier.post(destructor->callback_id);
    delete destructor;
  }
};

} // namespace

CUresult custom_cuUserObjectCreate(Call &call) {
  const auto *args = call.args<gf_cuUserObjectCreate_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuUserObjectCreate;
  if (!native)
    return call.missing("cuUserObjectCreate");
  auto *destructor = new GuestDestructor{&call.session(), args->object, args->callback_id};
  CUuserObject object = nullptr;
  if (const CUresult error =
          native(&object, destructor, GuestDestructor::run, args->references, args->flags)) {
    delete destructor;
    return error;
  }
  return call.bind(GF_KIND_USER_OBJECT, args->object, object) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuDeviceGetGraphMemAttribute(Call &call) {
  const auto *args = call.args<gf_cuDeviceGetGraphMemAttribute_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuDeviceGetGraphMemAttribute;
  if (!native)
    return call.missing("cuDeviceGetGraphMemAttribute");
  CUdevice device = 0;
  if (!call.session().device(args->device, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  auto *reply = call.reply<gf_cuDeviceGetGraphMemAttribute_reply>();
  return native(device, static_cast<CUgraphMem_attribute>(args->attribute), &reply->value);
}

CUresult custom_cuDeviceSetGraphMemAttribute(Call &call) {
  const auto *args = call.args<gf_cuDeviceSetGraphMemAttribute_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuDeviceSetGraphMemAttribute;
  if (!native)
    return call.missing("cuDeviceSetGraphMemAttribute");
  CUdevice device = 0;
  if (!call.session().device(args->device, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  cuuint64_t value = args->value;
  return native(device, static_cast<CUgraphMem_attribute>(args->attribute), &value);
}

} // namespace gpuferry::cuda
