// Texture and surface objects: their descriptions are kept here for the questions about them.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cuda/stub.h"

/// An object that lives.
struct object {
  struct object *next;
  unsigned long long number;
  int is_surface;
  int has_view;
  CUDA_RESOURCE_DESC resource;
  CUDA_TEXTURE_DESC texture;
  CUDA_RESOURCE_VIEW_DESC view;
};

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct object *g_objects;

static struct object *find_locked(unsigned long long number, int is_surface) {
  struct object *object = g_objects;
  while (object != NULL && (object->number != number || object->is_surface != is_surface))
    object = object->next;
  return object;
}

static CUresult remember(const struct object *described) {
  pthread_mutex_lock(&g_mutex);
  struct object *object = find_locked(described->number, described->is_surface);
  if (object == NULL && (object = malloc(sizeof *object)) != NULL) {
    object->next = g_objects;
    g_objects = object;
  }
  if (object != NULL) {
    struct object *next = object->next;
    *object = *described;
    object->next = next;
  }
  pthread_mutex_unlock(&g_mutex);
  return object != NULL ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

/// The object's record, or the code to return.
static CUresult recall(const void *out, unsigned long long number, int is_surface,
                       struct object *found) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  pthread_mutex_lock(&g_mutex);
  const struct object *object = find_locked(number, is_surface);
  if (object != NULL)
    *found = *object;
  pthread_mutex_unlock(&g_mutex);
  return object != NULL && out != NULL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

static void forget(unsigned long long number, int is_surface) {
  pthread_mutex_lock(&g_mutex);
  for (struct object **at = &g_objects; *at != NULL; at = &(*at)->next) {
    struct object *object = *at;
    if (object->number == number && object->is_surface == is_surface) {
      *at = object->next;
      free(object);
      break;
    }
  }
  pthread_mutex_unlock(&g_mutex);
}

void gf_observe_cuTexObjectDestroy(CUtexObject texObject) { forget(texObject, 0); }
void gf_observe_cuSurfObjectDestroy(CUsurfObject surfObject) { forget(surfObject, 1); }

_Static_assert(sizeof(CUDA_RESOURCE_DESC) ==
                       sizeof(((struct gf_cuTexObjectCreate_args *)0)->resource_desc) &&
                   sizeof(CUDA_TEXTURE_DESC) ==
                       sizeof(((struct gf_cuTexObjectCreate_args *)0)->texture_desc) &&
                   sizeof(CUDA_RESOURCE_VIEW_DESC) ==
                       sizeof(((struct gf_cuTexObjectCreate_args *)0)->view_desc),
               "the wire structure holds CUDA's descriptions");

CUresult CUDAAPI cuTexObjectCreate(CUtexObject *pTexObject, const CUDA_RESOURCE_DESC *pResDesc,
                                   const CUDA_TEXTURE_DESC *pTexDesc,
                                   const CUDA_RESOURCE_VIEW_DESC *pResViewDesc) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pTexObject == NULL || pResDesc == NULL || pTexDesc == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuTexObjectCreate_args *args = gf_begin(lane, GF_OP_cuTexObjectCreate, sizeof *args);
  memset(args, 0, sizeof *args);
  args->resource_kind = (uint32_t)pResDesc->resType;
  args->has_view = pResViewDesc != NULL;
  // Arrays are named by handle; linear memory is in the description.
  if (pResDesc->resType == CU_RESOURCE_TYPE_ARRAY)
    args->resource = (uint64_t)pResDesc->res.array.hArray;
  else if (pResDesc->resType == CU_RESOURCE_TYPE_MIPMAPPED_ARRAY)
    args->resource = (uint64_t)pResDesc->res.mipmap.hMipmappedArray;
  memcpy(args->resource_desc, pResDesc, sizeof *pResDesc);
  memcpy(args->texture_desc, pTexDesc, sizeof *pTexDesc);
  if (pResViewDesc != NULL)
    memcpy(args->view_desc, pResViewDesc, sizeof *pResViewDesc);
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuTexObjectCreate_reply));
  if (result != CUDA_SUCCESS)
    return result;
  struct object object = {.number = ((const struct gf_cuTexObjectCreate_reply *)data)->object,
                          .has_view = pResViewDesc != NULL,
                          .resource = *pResDesc,
                          .texture = *pTexDesc};
  if (pResViewDesc != NULL)
    object.view = *pResViewDesc;
  *pTexObject = object.number;
  return remember(&object);
}

CUresult CUDAAPI cuSurfObjectCreate(CUsurfObject *pSurfObject, const CUDA_RESOURCE_DESC *pResDesc) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pSurfObject == NULL || pResDesc == NULL || pResDesc->resType != CU_RESOURCE_TYPE_ARRAY)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuSurfObjectCreate_args *args = gf_begin(lane, GF_OP_cuSurfObjectCreate, sizeof *args);
  args->array = (uint64_t)pResDesc->res.array.hArray;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuSurfObjectCreate_reply));
  if (result != CUDA_SUCCESS)
    return result;
  const struct object object = {.number =
                                    ((const struct gf_cuSurfObjectCreate_reply *)data)->object,
                                .is_surface = 1,
                                .resource = *pResDesc};
  *pSurfObject = object.number;
  return remember(&object);
}

CUresult CUDAAPI cuTexObjectGetResourceDesc(CUDA_RESOURCE_DESC *pResDesc, CUtexObject texObject) {
  struct object object;
  CUresult result = recall(pResDesc, texObject, 0, &object);
  if (result != CUDA_SUCCESS)
    return result;
  *pResDesc = object.resource;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuTexObjectGetTextureDesc(CUDA_TEXTURE_DESC *pTexDesc, CUtexObject texObject) {
  struct object object;
  CUresult result = recall(pTexDesc, texObject, 0, &object);
  if (result != CUDA_SUCCESS)
    return result;
  *pTexDesc = object.texture;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuTexObjectGetResourceViewDesc(CUDA_RESOURCE_VIEW_DESC *pResViewDesc,
                                                CUtexObject texObject) {
  struct object object;
  CUresult result = recall(pResViewDesc, texObject, 0, &object);
  if (result != CUDA_SUCCESS)
    return result;
  if (!object.has_view)
    return CUDA_ERROR_INVALID_VALUE;
  *pResViewDesc = object.view;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuSurfObjectGetResourceDesc(CUDA_RESOURCE_DESC *pResDesc,
                                             CUsurfObject surfObject) {
  struct object object;
  CUresult result = recall(pResDesc, surfObject, 1, &object);
  if (result != CUDA_SUCCESS)
    return result;
  *pResDesc = object.resource;
  return CUDA_SUCCESS;
}
