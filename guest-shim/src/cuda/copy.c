// The copy calls: each is one of gf_copy_in, gf_copy_out, gf_copy_3d, or a copy inside the device.
#include "cuda/copy.h"

#include <string.h>

#include "base/readable.h"

static const struct gf_copy_order in_turn = {NULL, 0};

#define COPY_SPIN_MAX_NS 1000000u
/// A core's memcpy moves about so much in a nanosecond, at best.
#define COPY_BYTES_PER_NS 16u

CUresult gf_copy_call(struct gf_lane_client *lane, size_t bytes) {
  struct gf_spin *spin = &lane->reply_spin;
  const struct gf_spin learned = *spin;
  // Twice the least that it can take; a copy that waits for a kernel as well is not spun for longer.
  const size_t expected_ns = 2 * (bytes / COPY_BYTES_PER_NS);
  if (expected_ns <= learned.budget_ns || expected_ns > 2 * COPY_SPIN_MAX_NS)
    return gf_call(lane, NULL, 0);
  spin->budget_ns = expected_ns < COPY_SPIN_MAX_NS ? (uint32_t)expected_ns : COPY_SPIN_MAX_NS;
  const CUresult result = gf_call(lane, NULL, 0);
  *spin = learned; // what other calls have learned is not about copies
  return result;
}

static struct gf_copy_order on(CUstream stream) { return (struct gf_copy_order){stream, 1}; }

CUresult CUDAAPI cuMemcpyHtoD_v2(CUdeviceptr dstDevice, const void *srcHost, size_t ByteCount) {
  return gf_copy_in(dstDevice, srcHost, ByteCount, in_turn);
}

CUresult CUDAAPI cuMemcpyDtoH_v2(void *dstHost, CUdeviceptr srcDevice, size_t ByteCount) {
  return gf_copy_out(dstHost, srcDevice, ByteCount, in_turn);
}

CUresult CUDAAPI cuMemcpyHtoDAsync_v2(CUdeviceptr dstDevice, const void *srcHost, size_t ByteCount,
                                      CUstream hStream) {
  return gf_copy_in(dstDevice, srcHost, ByteCount, on(hStream));
}

CUresult CUDAAPI cuMemcpyDtoHAsync_v2(void *dstHost, CUdeviceptr srcDevice, size_t ByteCount,
                                      CUstream hStream) {
  return gf_copy_out(dstHost, srcDevice, ByteCount, on(hStream));
}

CUresult gf_copy_on_host(void *dst, const void *src, size_t bytes, struct gf_copy_order order) {
  CUresult result = cuStreamSynchronize(order.stream);
  if (result == CUDA_SUCCESS)
    memmove(dst, src, bytes);
  return result;
}

/// What cannot be read in this process, and is not in the books either (memory that was freed), is for the driver
/// to refuse.
static int is_of_device(CUdeviceptr address) {
  return gf_is_device_address(address) || !gf_is_readable((const void *)address);
}

/// Unified addressing: the guest's books say which side is the device's.
static CUresult copy_unified(CUdeviceptr dst, CUdeviceptr src, size_t bytes,
                             struct gf_copy_order order) {
  if (bytes == 0)
    return cuMemcpyHtoDAsync_v2(dst, (const void *)src, 0, order.stream);
  const int to_device = is_of_device(dst), from_device = is_of_device(src);
  if (to_device && !from_device)
    return gf_copy_in(dst, (const void *)src, bytes, order);
  if (from_device && !to_device)
    return gf_copy_out((void *)dst, src, bytes, order);
  if (to_device)
    return order.is_async ? cuMemcpyDtoDAsync_v2(dst, src, bytes, order.stream)
                          : cuMemcpyDtoD_v2(dst, src, bytes);
  return gf_copy_on_host((void *)dst, (const void *)src, bytes, order);
}

CUresult CUDAAPI cuMemcpy(CUdeviceptr dst, CUdeviceptr src, size_t ByteCount) {
  return copy_unified(dst, src, ByteCount, in_turn);
}

CUresult CUDAAPI cuMemcpyAsync(CUdeviceptr dst, CUdeviceptr src, size_t ByteCount,
                               CUstream hStream) {
  return copy_unified(dst, src, ByteCount, on(hStream));
}

static CUDA_MEMCPY3D widen(const CUDA_MEMCPY2D *c) {
  return (CUDA_MEMCPY3D){.srcXInBytes = c->srcXInBytes,
                         .srcY = c->srcY,
                         .srcMemoryType = c->srcMemoryType,
                         .srcHost = c->srcHost,
                         .srcDevice = c->srcDevice,
                         .srcArray = c->srcArray,
                         .srcPitch = c->srcPitch,
                         .dstXInBytes = c->dstXInBytes,
                         .dstY = c->dstY,
                         .dstMemoryType = c->dstMemoryType,
                         .dstHost = c->dstHost,
                         .dstDevice = c->dstDevice,
                         .dstArray = c->dstArray,
                         .dstPitch = c->dstPitch,
                         .WidthInBytes = c->WidthInBytes,
                         .Height = c->Height,
                         .Depth = 1};
}

static CUresult copy_2d(const CUDA_MEMCPY2D *copy, struct gf_copy_order order) {
  if (copy == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const CUDA_MEMCPY3D wide = widen(copy);
  return gf_copy_3d(&wide, order);
}

CUresult CUDAAPI cuMemcpy2D_v2(const CUDA_MEMCPY2D *pCopy) { return copy_2d(pCopy, in_turn); }
CUresult CUDAAPI cuMemcpy2DUnaligned_v2(const CUDA_MEMCPY2D *pCopy) {
  return copy_2d(pCopy, in_turn);
}
CUresult CUDAAPI cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *pCopy, CUstream hStream) {
  return copy_2d(pCopy, on(hStream));
}
CUresult CUDAAPI cuMemcpy3D_v2(const CUDA_MEMCPY3D *pCopy) { return gf_copy_3d(pCopy, in_turn); }
CUresult CUDAAPI cuMemcpy3DAsync_v2(const CUDA_MEMCPY3D *pCopy, CUstream hStream) {
  return gf_copy_3d(pCopy, on(hStream));
}

/// Both contexts share one address space, so a copy between them is a copy.
static CUresult copy_peer(const CUDA_MEMCPY3D_PEER *c, struct gf_copy_order order) {
  if (c == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const CUDA_MEMCPY3D copy = {.srcXInBytes = c->srcXInBytes,
                              .srcY = c->srcY,
                              .srcZ = c->srcZ,
                              .srcLOD = c->srcLOD,
                              .srcMemoryType = c->srcMemoryType,
                              .srcHost = c->srcHost,
                              .srcDevice = c->srcDevice,
                              .srcArray = c->srcArray,
                              .srcPitch = c->srcPitch,
                              .srcHeight = c->srcHeight,
                              .dstXInBytes = c->dstXInBytes,
                              .dstY = c->dstY,
                              .dstZ = c->dstZ,
                              .dstLOD = c->dstLOD,
                              .dstMemoryType = c->dstMemoryType,
                              .dstHost = c->dstHost,
                              .dstDevice = c->dstDevice,
                              .dstArray = c->dstArray,
                              .dstPitch = c->dstPitch,
                              .dstHeight = c->dstHeight,
                              .WidthInBytes = c->WidthInBytes,
                              .Height = c->Height,
                              .Depth = c->Depth};
  return gf_copy_3d(&copy, order);
}
CUresult CUDAAPI cuMemcpy3DPeer(const CUDA_MEMCPY3D_PEER *pCopy) {
  return copy_peer(pCopy, in_turn);
}
CUresult CUDAAPI cuMemcpy3DPeerAsync(const CUDA_MEMCPY3D_PEER *pCopy, CUstream hStream) {
  return copy_peer(pCopy, on(hStream));
}

/// A row of an array, for the calls that copy between host and a one-dimensional array.
static CUDA_MEMCPY3D array_row(size_t bytes) {
  return (CUDA_MEMCPY3D){.WidthInBytes = bytes, .Height = 1, .Depth = 1};
}
static CUresult into_array(CUarray array, size_t at, const void *host, size_t bytes,
                           struct gf_copy_order order) {
  CUDA_MEMCPY3D copy = array_row(bytes);
  if (array == NULL && gf_thread.context != 0)
    return CUDA_ERROR_INVALID_HANDLE;
  copy.srcMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = host;
  copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  copy.dstArray = array;
  copy.dstXInBytes = at;
  return gf_copy_3d(&copy, order);
}
static CUresult out_of_array(void *host, CUarray array, size_t at, size_t bytes,
                             struct gf_copy_order order) {
  CUDA_MEMCPY3D copy = array_row(bytes);
  if (array == NULL && gf_thread.context != 0)
    return CUDA_ERROR_INVALID_HANDLE;
  copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
  copy.srcArray = array;
  copy.srcXInBytes = at;
  copy.dstMemoryType = CU_MEMORYTYPE_HOST;
  copy.dstHost = host;
  return gf_copy_3d(&copy, order);
}

CUresult CUDAAPI cuMemcpyHtoA_v2(CUarray dstArray, size_t dstOffset, const void *srcHost,
                                 size_t ByteCount) {
  return into_array(dstArray, dstOffset, srcHost, ByteCount, in_turn);
}
CUresult CUDAAPI cuMemcpyAtoH_v2(void *dstHost, CUarray srcArray, size_t srcOffset,
                                 size_t ByteCount) {
  return out_of_array(dstHost, srcArray, srcOffset, ByteCount, in_turn);
}
CUresult CUDAAPI cuMemcpyHtoAAsync_v2(CUarray dstArray, size_t dstOffset, const void *srcHost,
                                      size_t ByteCount, CUstream hStream) {
  return into_array(dstArray, dstOffset, srcHost, ByteCount, on(hStream));
}
CUresult CUDAAPI cuMemcpyAtoHAsync_v2(void *dstHost, CUarray srcArray, size_t srcOffset,
                                      size_t ByteCount, CUstream hStream) {
  return out_of_array(dstHost, srcArray, srcOffset, ByteCount, on(hStream));
}
