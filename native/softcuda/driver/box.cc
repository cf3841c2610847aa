#include "box.h"

#include "array.h"

namespace softcuda {

namespace {

// One end of a copy, as CUDA describes it.
struct End {
  CUmemorytype type;
  uint64_t host, device;
  CUarray array;
  size_t x_bytes, y, z, lod, pitch, height;
};

struct Place {
  uint64_t address, pitch, slice;
  bool pageable;
};

CUresult locate(const End &end, const CUDA_MEMCPY3D &box, Place *place) {
  if (end.lod)
    return CUDA_ERROR_INVALID_VALUE;
  if (end.type == CU_MEMORYTYPE_ARRAY) {
    Array *array = Array::from(end.array);
    if (!array)
      return CUDA_ERROR_INVALID_HANDLE;
    const auto fits = [](uint64_t at, uint64_t count, uint64_t room) {
      return at <= room && count <= room - at;
    };
    if (!fits(end.x_bytes, box.WidthInBytes, array->pitch) ||
        !fits(end.y, box.Height, array->rows()) || !fits(end.z, box.Depth, array->slices()))
      return CUDA_ERROR_INVALID_VALUE;
    *place = {array->base + end.z * array->slice + end.y * array->pitch + end.x_bytes, array->pitch,
              array->slice, false};
    return CUDA_SUCCESS;
  }
  if (end.type != CU_MEMORYTYPE_HOST && end.type != CU_MEMORYTYPE_DEVICE &&
      end.type != CU_MEMORYTYPE_UNIFIED)
    return CUDA_ERROR_INVALID_VALUE;
  // A pitch or height of 0 stands for tight packing where there is one row or one slice only.
  uint64_t row_end, slice_end, last;
  if (__builtin_add_overflow(end.x_bytes, box.WidthInBytes, &row_end) ||
      __builtin_add_overflow(end.y, box.Height, &slice_end))
    return CUDA_ERROR_INVALID_VALUE;
  uint64_t pitch = end.pitch ? end.pitch : row_end;
  uint64_t height = end.height ? end.height : slice_end;
  if (pitch < row_end || (box.Depth > 1 && height < slice_end))
    return CUDA_ERROR_INVALID_VALUE;
  // The furthest byte is one that can be named: no sum below wraps.
  if (__builtin_add_overflow(end.z, box.Depth - 1, &last) ||
      __builtin_mul_overflow(last, height, &last) ||
      __builtin_add_overflow(last, slice_end - 1, &last) ||
      __builtin_mul_overflow(last, pitch, &last) || __builtin_add_overflow(last, row_end, &last))
    return CUDA_ERROR_INVALID_VALUE;
  uint64_t base = end.type == CU_MEMORYTYPE_HOST ? end.host : end.device;
  uint64_t first = base + (end.z * height + end.y) * pitch + end.x_bytes;
  uint64_t span = ((box.Depth - 1) * height + box.Height - 1) * pitch + box.WidthInBytes;
  bool is_known = known(first, span);
  if (!base || (end.type == CU_MEMORYTYPE_DEVICE && !is_known) || !accessible(first, span))
    return CUDA_ERROR_INVALID_VALUE;
  *place = {first, pitch, height * pitch, !is_known};
  return CUDA_SUCCESS;
}

} // namespace

CUDA_MEMCPY3D widen(const CUDA_MEMCPY2D &c) {
  CUDA_MEMCPY3D w{};
  w.srcXInBytes = c.srcXInBytes;
  w.srcY = c.srcY;
  w.srcMemoryType = c.srcMemoryType;
  w.srcHost = c.srcHost;
  w.srcDevice = c.srcDevice;
  w.srcArray = c.srcArray;
  w.srcPitch = c.srcPitch;
  w.dstXInBytes = c.dstXInBytes;
  w.dstY = c.dstY;
  w.dstMemoryType = c.dstMemoryType;
  w.dstHost = c.dstHost;
  w.dstDevice = c.dstDevice;
  w.dstArray = c.dstArray;
  w.dstPitch = c.dstPitch;
  w.WidthInBytes = c.WidthInBytes;
  w.Height = c.Height;
  w.Depth = 1;
  return w;
}

CUDA_MEMCPY3D widen(const CUDA_MEMCPY3D_PEER &c) {
  CUDA_MEMCPY3D w{};
  w.srcXInBytes = c.srcXInBytes;
  w.srcY = c.srcY;
  w.srcZ = c.srcZ;
  w.srcLOD = c.srcLOD;
  w.srcMemoryType = c.srcMemoryType;
  w.srcHost = c.srcHost;
  w.srcDevice = c.srcDevice;
  w.srcArray = c.srcArray;
  w.srcPitch = c.srcPitch;
  w.srcHeight = c.srcHeight;
  w.dstXInBytes = c.dstXInBytes;
  w.dstY = c.dstY;
  w.dstZ = c.dstZ;
  w.dstLOD = c.dstLOD;
  w.dstMemoryType = c.dstMemoryType;
  w.dstHost = c.dstHost;
  w.dstDevice = c.dstDevice;
  w.dstArray = c.dstArray;
  w.dstPitch = c.dstPitch;
  w.dstHeight = c.dstHeight;
  w.WidthInBytes = c.WidthInBytes;
  w.Height = c.Height;
  w.Depth = c.Depth;
  return w;
}

CUresult describe_copy(const CUDA_MEMCPY3D &c, CopyWork *work, bool *pageable) {
  if (!c.WidthInBytes || !c.Height || !c.Depth) {
    *work = {};
    *pageable = false;
    return CUDA_SUCCESS;
  }
  Place from, to;
  if (CUresult result =
          locate({c.srcMemoryType, reinterpret_cast<uint64_t>(c.srcHost), c.srcDevice, c.srcArray,
                  c.srcXInBytes, c.srcY, c.srcZ, c.srcLOD, c.srcPitch, c.srcHeight},
                 c, &from))
    return result;
  if (CUresult result =
          locate({c.dstMemoryType, reinterpret_cast<uint64_t>(c.dstHost), c.dstDevice, c.dstArray,
                  c.dstXInBytes, c.dstY, c.dstZ, c.dstLOD, c.dstPitch, c.dstHeight},
                 c, &to))
    return result;
  *work = {to.address, from.address,   to.pitch, from.pitch, to.slice,
           from.slice, c.WidthInBytes, c.Height, c.Depth};
  *pageable = from.pageable || to.pageable;
  return CUDA_SUCCESS;
}

} // namespace softcuda
