// The run-time linker. The application's log buffers belong to the link from its creation on, so they
// are remembered with its handle.
#include <stdlib.h>
#include <string.h>

#include "cuda/image.h"
#include "cuda/jit.h"
#include "heap/heap.h"
#include "session/session.h"

struct link {
  struct gf_jit_outputs outputs;
  void *cubin; ///< what cuLinkComplete gave out; lives as long as the link
};

static struct link *link_of(CUlinkState state) {
  struct gf_slot *slot = gf_slot((uint64_t)state, GF_KIND_LINK_STATE);
  return slot != NULL ? slot->meta : NULL;
}

CUresult CUDAAPI cuLinkCreate_v2(unsigned int numOptions, CUjit_option *options,
                                 void **optionValues, CUlinkState *stateOut) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (stateOut == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct link *link = calloc(1, sizeof *link);
  uint64_t handle = link != NULL ? gf_mint(GF_KIND_LINK_STATE) : 0;
  if (handle == 0) {
    free(link);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  struct gf_jit_option wire[GF_JIT_OPTIONS_MAX];
  uint32_t count = gf_jit_pack(numOptions, options, optionValues, wire, &link->outputs);
  struct gf_cuLinkCreate_v2_args *args =
      gf_begin(lane, GF_OP_cuLinkCreate_v2, sizeof *args + count * sizeof *wire);
  args->link = handle;
  args->option_count = count;
  args->log_bytes = link->outputs.info_log_bytes;
  args->error_log_bytes = link->outputs.error_log_bytes;
  args->pad = 0;
  memcpy(args + 1, wire, count * sizeof *wire);
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_drop(handle);
    free(link);
    return result;
  }
  gf_slot(handle, GF_KIND_LINK_STATE)->meta = link;
  *stateOut = (CUlinkState)handle;
  return CUDA_SUCCESS;
}

/// The logs so far come with every answer; they replace what was delivered before.
static void deliver(struct gf_lane_client *lane, const struct link *link, uint32_t fixed_bytes,
                    uint32_t log_used, uint32_t error_log_used) {
  uint32_t bytes = gf_reply_bytes(lane);
  if (bytes >= fixed_bytes)
    gf_jit_deliver(&link->outputs, (const char *)gf_lane_reply(lane) + fixed_bytes,
                   bytes - fixed_bytes, log_used, error_log_used);
}

CUresult CUDAAPI cuLinkAddData_v2(CUlinkState state, CUjitInputType type, void *data, size_t size,
                                  const char *name, unsigned int numOptions, CUjit_option *options,
                                  void **optionValues) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  const struct link *link = link_of(state);
  if (link == NULL)
    return CUDA_ERROR_INVALID_HANDLE;
  if (data == NULL || size == 0)
    return CUDA_ERROR_INVALID_VALUE;
  // Text ends where its zero is, whatever the program counts; the zero travels too.
  if (type == CU_JIT_INPUT_PTX && memchr(data, 0, size) != NULL)
    size = strlen(data) + 1;
  struct gf_image packed;
  result = gf_image_pack_bytes(data, size, &packed);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_jit_option wire[GF_JIT_OPTIONS_MAX];
  struct gf_jit_outputs ignored;
  uint32_t count = gf_jit_pack(numOptions, options, optionValues, wire, &ignored);
  const size_t name_bytes = name != NULL ? strnlen(name, 4095) + 1 : 0;
  struct gf_cuLinkAddData_v2_args *args = gf_begin(
      lane, GF_OP_cuLinkAddData_v2, sizeof *args + GF_ALIGN8(name_bytes) + count * sizeof *wire);
  args->link = (uint64_t)state;
  args->data = packed.range;
  args->type = (uint32_t)type;
  args->option_count = count;
  args->name_bytes = (uint32_t)name_bytes;
  args->pad = 0;
  uint8_t *tail = (uint8_t *)(args + 1);
  memset(tail, 0, GF_ALIGN8(name_bytes));
  if (name_bytes > 0)
    memcpy(tail, name, name_bytes - 1);
  memcpy(tail + GF_ALIGN8(name_bytes), wire, count * sizeof *wire);
  result = gf_call(lane, NULL, 0);
  const struct gf_cuLinkAddData_v2_reply *reply = gf_lane_reply(lane);
  deliver(lane, link, sizeof *reply, reply->log_used, reply->error_log_used);
  gf_image_drop(&packed);
  return result;
}

CUresult CUDAAPI cuLinkAddFile_v2(CUlinkState state, CUjitInputType type, const char *path,
                                  unsigned int numOptions, CUjit_option *options,
                                  void **optionValues) {
  if (path == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  size_t bytes;
  void *data = gf_image_read_file(path, &bytes);
  if (data == NULL)
    return CUDA_ERROR_FILE_NOT_FOUND;
  // PTX text counts its terminating zero, which read_file put behind the file's bytes.
  CUresult result =
      cuLinkAddData_v2(state, type, data, type == CU_JIT_INPUT_PTX ? bytes + 1 : bytes, path,
                       numOptions, options, optionValues);
  free(data);
  return result;
}

/// One attempt with room for `room_bytes`; `*size` is what the cubin takes.
static CUresult complete(struct gf_lane_client *lane, CUlinkState state, struct link *link,
                         uint64_t room_bytes, uint64_t *size) {
  struct gf_heap_block block;
  if (gf_session.heap == NULL || !gf_heap_alloc(room_bytes, GF_HEAP_STAGING, &block))
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuLinkComplete_args *args = gf_begin(lane, GF_OP_cuLinkComplete, sizeof *args);
  args->link = (uint64_t)state;
  args->cubin = (struct gf_heap_range){block.offset_bytes, room_bytes};
  const void *data;
  CUresult result = gf_call(lane, &data, sizeof(struct gf_cuLinkComplete_reply));
  const struct gf_cuLinkComplete_reply *reply = gf_lane_reply(lane);
  deliver(lane, link, sizeof *reply, reply->log_used, reply->error_log_used);
  *size = reply->size_bytes;
  if (result == CUDA_SUCCESS && *size <= room_bytes) {
    link->cubin = malloc(*size + 1);
    if (link->cubin == NULL)
      result = CUDA_ERROR_OUT_OF_MEMORY;
    else
      memcpy(link->cubin, gf_session.heap + block.offset_bytes, *size);
  }
  gf_heap_free(block.offset_bytes);
  return result;
}

CUresult CUDAAPI cuLinkComplete(CUlinkState state, void **cubinOut, size_t *sizeOut) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct link *link = link_of(state);
  if (link == NULL)
    return CUDA_ERROR_INVALID_HANDLE;
  if (cubinOut == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  uint64_t size = 1u << 20;
  for (int attempt = 0; attempt < 2 && result == CUDA_SUCCESS && link->cubin == NULL; attempt++)
    result = complete(lane, state, link, size, &size);
  if (result != CUDA_SUCCESS)
    return result;
  if (link->cubin == NULL)
    return CUDA_ERROR_UNKNOWN;
  *cubinOut = link->cubin;
  if (sizeOut != NULL)
    *sizeOut = size;
  return CUDA_SUCCESS;
}
