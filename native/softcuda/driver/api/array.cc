// Arrays.
#include "../array.h"
#include "../capture_rules.h"
#include "../entry.h"

using namespace softcuda;

namespace {

template <class Handle, class T> CUresult enter_array(Handle handle, T **array) {
  Context *context;
  GF_TRY(enter(&context));
  *array = T::from(handle);
  return *array ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

} // namespace

GF_API cuArray3DCreate_v2(CUarray *out, const CUDA_ARRAY3D_DESCRIPTOR *description) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  GF_REQUIRE(out && description);
  Array *array;
  GF_TRY(Array::create(context->root(), *description, &array));
  *out = handle_of<CUarray>(array);
  return CUDA_SUCCESS;
}

GF_API cuArrayCreate_v2(CUarray *out, const CUDA_ARRAY_DESCRIPTOR *description) {
  GF_REQUIRE(description);
  CUDA_ARRAY3D_DESCRIPTOR wide{description->Width,  description->Height,      0,
                               description->Format, description->NumChannels, 0};
  return cuArray3DCreate_v2(out, &wide);
}

GF_API cuArrayDestroy(CUarray handle) {
  Array *array;
  GF_TRY(enter_array(handle, &array));
  GF_TRY(refuse_unsafe());
  if (array->is_level)
    return CUDA_ERROR_INVALID_HANDLE;
  array->context.synchronize();
  delete array;
  return CUDA_SUCCESS;
}

GF_API cuArray3DGetDescriptor_v2(CUDA_ARRAY3D_DESCRIPTOR *description, CUarray handle) {
  Array *array;
  GF_TRY(enter_array(handle, &array));
  GF_REQUIRE(description);
  *description = array->description;
  return CUDA_SUCCESS;
}

GF_API cuArrayGetDescriptor_v2(CUDA_ARRAY_DESCRIPTOR *description, CUarray handle) {
  Array *array;
  GF_TRY(enter_array(handle, &array));
  GF_REQUIRE(description);
  *description = {array->description.Width, array->description.Height, array->description.Format,
                  array->description.NumChannels};
  return CUDA_SUCCESS;
}

GF_API cuArrayGetPlane(CUarray *, CUarray handle, unsigned int) {
  Array *array;
  GF_TRY(enter_array(handle, &array));
  return CUDA_ERROR_INVALID_VALUE; // none of our formats has planes
}

// Neither sparse arrays nor such as get their memory later can be made here, so no array has these.
GF_API cuArrayGetSparseProperties(CUDA_ARRAY_SPARSE_PROPERTIES *, CUarray handle) {
  Array *array;
  GF_TRY(enter_array(handle, &array));
  return CUDA_ERROR_INVALID_VALUE;
}

GF_API cuArrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS *, CUarray handle, CUdevice) {
  Array *array;
  GF_TRY(enter_array(handle, &array));
  return CUDA_ERROR_INVALID_VALUE;
}

GF_API cuMipmappedArrayGetSparseProperties(CUDA_ARRAY_SPARSE_PROPERTIES *,
                                           CUmipmappedArray handle) {
  MipmappedArray *array;
  GF_TRY(enter_array(handle, &array));
  return CUDA_ERROR_INVALID_VALUE;
}

GF_API cuMipmappedArrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS *,
                                             CUmipmappedArray handle, CUdevice) {
  MipmappedArray *array;
  GF_TRY(enter_array(handle, &array));
  return CUDA_ERROR_INVALID_VALUE;
}

GF_API cuMipmappedArrayCreate(CUmipmappedArray *out, const CUDA_ARRAY3D_DESCRIPTOR *description,
                              unsigned int levels) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  GF_REQUIRE(out && description);
  MipmappedArray *array;
  GF_TRY(MipmappedArray::create(context->root(), *description, levels, &array));
  *out = handle_of<CUmipmappedArray>(array);
  return CUDA_SUCCESS;
}

GF_API cuMipmappedArrayGetLevel(CUarray *out, CUmipmappedArray handle, unsigned int level) {
  Context *context;
  GF_TRY(enter(&context));
  MipmappedArray *array = MipmappedArray::from(handle);
  if (!array)
    return CUDA_ERROR_INVALID_HANDLE;
  GF_REQUIRE(out && level < array->levels.size());
  *out = handle_of<CUarray>(array->levels[level]);
  return CUDA_SUCCESS;
}

GF_API cuMipmappedArrayDestroy(CUmipmappedArray handle) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  MipmappedArray *array = MipmappedArray::from(handle);
  if (!array)
    return CUDA_ERROR_INVALID_HANDLE;
  context->synchronize();
  delete array;
  return CUDA_SUCCESS;
}
