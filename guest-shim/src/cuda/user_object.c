// User objects. The host counts the references; when the last is gone it asks for the destructor,
// which runs here, on the courier's thread.
#include <limits.h>

#include "cuda/stub.h"
#include "session/courier.h"

static void run_destructor(struct gf_callback *self, int32_t status) {
  (void)status;
  ((CUhostFn)self->function)(self->user_data);
  gf_drop((uint64_t)self->stream); // the object's handle, which nobody can use any more
}

CUresult CUDAAPI cuUserObjectCreate(CUuserObject *object_out, void *ptr, CUhostFn destroy,
                                    unsigned int initialRefcount, unsigned int flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (object_out == NULL || destroy == NULL || initialRefcount == 0 || initialRefcount > INT_MAX)
    return CUDA_ERROR_INVALID_VALUE;
  const uint64_t object = gf_mint(GF_KIND_USER_OBJECT);
  if (object == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  const struct gf_callback callback = {.run = run_destructor,
                                       .function = (void (*)(void))destroy,
                                       .user_data = ptr,
                                       .stream = (void *)object};
  const uint64_t id = gf_courier_register(&callback);
  if (id == 0) {
    gf_drop(object);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  struct gf_cuUserObjectCreate_args *args = gf_begin(lane, GF_OP_cuUserObjectCreate, sizeof *args);
  args->object = object;
  args->callback_id = id;
  args->references = initialRefcount;
  args->flags = flags;
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_courier_forget(id);
    gf_drop(object);
    return result;
  }
  *object_out = (CUuserObject)object;
  return CUDA_SUCCESS;
}
