// The run-time linker. Its options and logs must stay where they are for as long as the link lasts,
// so they are kept beside its handle.
#include "backends/cuda/call.h"
#include "backends/cuda/image.h"
#include "backends/cuda/jit_options.h"
#include "backends/cuda/kernel_facts.h"
#include "backends/cuda/links.h"

#include <cstring>

namespace gpuferry::cuda {

CUresult custom_cuLinkCreate_v2(Call &call) {
  const auto *args = call.args<gf_cuLinkCreate_v2_args>();
  auto options = std::make_unique<JitOptions>();
  if (!args || !options->take(call, args->option_count, args->log_bytes, args->error_log_bytes))
    return call.poisoned();
  CUlinkState link = nullptr;
  if (const CUresult error = call.driver().cuLinkCreate_v2(options->count(), options->names(),
                                                           options->values(), &link))
    return error;
  if (!call.bind(GF_KIND_LINK_STATE, args->link, link))
    return call.poisoned();
  call.session().links.keep(args->link, std::move(options));
  return CUDA_SUCCESS;
}

CUresult custom_cuLinkAddData_v2(Call &call) {
  const auto *args = call.args<gf_cuLinkAddData_v2_args>();
  if (!args)
    return call.poisoned();
  const std::string name = take_name(call, args->name_bytes);
  JitOptions options;
  if (!options.take(call, args->option_count, 0, 0))
    return call.poisoned();
  CUlinkState link = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_LINK_STATE, args->link, &link))
    return error;
  if (!link)
    return CUDA_ERROR_INVALID_HANDLE;
  auto *reply = call.reply<gf_cuLinkAddData_v2_reply>();
  Image image;
  if (const CUresult error = image.take(call, args->data))
    return error;
  call.will_block();
  const CUresult result = call.driver().cuLinkAddData_v2(
      link, static_cast<CUjitInputType>(args->type), const_cast<void *>(image.data()),
      image.size_bytes(), name.c_str(), options.count(), options.names(), options.values());
  if (const JitOptions *kept = call.session().links.find(args->link))
    kept->reply_logs(call, &reply->log_used, &reply->error_log_used);
  return result;
}

CUresult custom_cuLinkComplete(Call &call) {
  const auto *args = call.args<gf_cuLinkComplete_args>();
  if (!args)
    return call.poisoned();
  const auto room = call.heap(args->cubin);
  if (!room)
    return call.poisoned();
  CUlinkState link = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_LINK_STATE, args->link, &link))
    return error;
  if (!link)
    return CUDA_ERROR_INVALID_HANDLE;
  auto *reply = call.reply<gf_cuLinkComplete_reply>();
  call.will_block();
  void *cubin = nullptr;
  size_t bytes = 0;
  const CUresult result = call.driver().cuLinkComplete(link, &cubin, &bytes);
  if (result == CUDA_SUCCESS) {
    reply->size_bytes = bytes;
    if (bytes <= room->size()) // else the guest asks again with the room it takes
      std::memcpy(room->data(), cubin, bytes);
  }
  if (const JitOptions *kept = call.session().links.find(args->link))
    kept->reply_logs(call, &reply->log_used, &reply->error_log_used);
  return result;
}

} // namespace gpuferry::cuda
