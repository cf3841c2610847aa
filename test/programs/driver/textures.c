// Texture and surface references, views of textures, and the errors that descriptions get.
#include "driver.h"

#include <stdint.h>

typedef struct CUarray_st *CUarray;
typedef struct CUmipmappedArray_st *CUmipmappedArray;
typedef struct CUtexref_st *CUtexref;
typedef struct CUsurfref_st *CUsurfref;
typedef unsigned long long CUtexObject;

enum { FORMAT_UINT8 = 1, FORMAT_SINT32 = 10, FORMAT_FLOAT = 32 };
enum { MODE_WRAP = 0, MODE_CLAMP = 1, MODE_BORDER = 3 };
enum { READ_AS_INTEGER = 1, NORMALIZED_COORDINATES = 2 };
enum { LAYERED = 1, SURFACE_LDST = 2, CUBEMAP = 4 };

typedef struct {
  size_t width, height, depth;
  int format;
  unsigned channels, flags;
} ArrayDescription;

typedef struct {
  int type; // 0 array, 1 mipmapped array, 2 linear
  union {
    void *array;
    struct {
      CUdeviceptr address;
      int format;
      unsigned channels;
      size_t bytes;
    } linear;
    int reserved[32];
  };
  unsigned flags;
} Resource;

typedef struct {
  int address_mode[3], filter;
  unsigned flags, anisotropy;
  int mip_filter;
  float bias, least, most, border[4];
  int reserved[12];
} Sampling;

typedef struct {
  int format;
  size_t width, height, depth;
  unsigned first_level, last_level, first_layer, last_layer, reserved[16];
} View;

#define TEXTURE_FUNCTIONS(F)                                                                       \
  F(cuArray3DCreate, "cuArray3DCreate_v2", (CUarray *, const ArrayDescription *))                  \
  F(cuArray3DGetDescriptor, "cuArray3DGetDescriptor_v2", (ArrayDescription *, CUarray))            \
  F(cuArrayDestroy, "cuArrayDestroy", (CUarray))                                                   \
  F(cuMemcpyHtoA, "cuMemcpyHtoA_v2", (CUarray, size_t, const void *, size_t))                      \
  F(cuMemcpyAtoH, "cuMemcpyAtoH_v2", (void *, CUarray, size_t, size_t))                            \
  F(cuMipmappedArrayCreate, "cuMipmappedArrayCreate",                                              \
    (CUmipmappedArray *, const ArrayDescription *, unsigned))                                      \
  F(cuMipmappedArrayGetLevel, "cuMipmappedArrayGetLevel", (CUarray *, CUmipmappedArray, unsigned)) \
  F(cuMipmappedArrayDestroy, "cuMipmappedArrayDestroy", (CUmipmappedArray))                        \
  F(cuModuleGetTexRef, "cuModuleGetTexRef", (CUtexref *, CUmodule, const char *))                  \
  F(cuModuleGetSurfRef, "cuModuleGetSurfRef", (CUsurfref *, CUmodule, const char *))               \
  F(cuTexRefSetArray, "cuTexRefSetArray", (CUtexref, CUarray, unsigned))                           \
  F(cuTexRefGetArray, "cuTexRefGetArray", (CUarray *, CUtexref))                                   \
  F(cuTexRefSetAddress, "cuTexRefSetAddress_v2", (size_t *, CUtexref, CUdeviceptr, size_t))        \
  F(cuTexRefGetAddress, "cuTexRefGetAddress_v2", (CUdeviceptr *, CUtexref))                        \
  F(cuTexRefSetFormat, "cuTexRefSetFormat", (CUtexref, int, int))                                  \
  F(cuTexRefGetFormat, "cuTexRefGetFormat", (int *, int *, CUtexref))                              \
  F(cuTexRefSetAddressMode, "cuTexRefSetAddressMode", (CUtexref, int, int))                        \
  F(cuTexRefGetAddressMode, "cuTexRefGetAddressMode", (int *, CUtexref, int))                      \
  F(cuTexRefSetFilterMode, "cuTexRefSetFilterMode", (CUtexref, int))                               \
  F(cuTexRefGetFilterMode, "cuTexRefGetFilterMode", (int *, CUtexref))                             \
  F(cuTexRefSetBorderColor, "cuTexRefSetBorderColor", (CUtexref, float *))                         \
  F(cuTexRefGetBorderColor, "cuTexRefGetBorderColor", (float *, CUtexref))                         \
  F(cuTexRefSetFlags, "cuTexRefSetFlags", (CUtexref, unsigned))                                    \
  F(cuTexRefGetFlags, "cuTexRefGetFlags", (unsigned *, CUtexref))                                  \
  F(cuTexRefCreate, "cuTexRefCreate", (CUtexref *))                                                \
  F(cuTexRefDestroy, "cuTexRefDestroy", (CUtexref))                                                \
  F(cuSurfRefSetArray, "cuSurfRefSetArray", (CUsurfref, CUarray, unsigned))                        \
  F(cuSurfRefGetArray, "cuSurfRefGetArray", (CUarray *, CUsurfref))                                \
  F(cuTexObjectCreate, "cuTexObjectCreate",                                                        \
    (CUtexObject *, const Resource *, const Sampling *, const View *))                             \
  F(cuTexObjectDestroy, "cuTexObjectDestroy", (CUtexObject))                                       \
  F(cuTexObjectGetResourceDesc, "cuTexObjectGetResourceDesc", (Resource *, CUtexObject))           \
  F(cuTexObjectGetTextureDesc, "cuTexObjectGetTextureDesc", (Sampling *, CUtexObject))             \
  F(cuTexObjectGetResourceViewDesc, "cuTexObjectGetResourceViewDesc", (View *, CUtexObject))       \
  F(cuSurfObjectCreate, "cuSurfObjectCreate", (CUtexObject *, const Resource *))

#define DECLARE(name, symbol, parameters) static CUresult(*name) parameters;
TEXTURE_FUNCTIONS(DECLARE)
#undef DECLARE

static void load_texture_functions(void) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW);
#define RESOLVE(name, symbol, parameters)                                                          \
  *(void **)&name = dlsym(library, symbol);                                                        \
  if (name == NULL) {                                                                              \
    printf("libcuda.so.1 lacks %s\nFAIL\n", symbol);                                               \
    exit(1);                                                                                       \
  }
  TEXTURE_FUNCTIONS(RESOLVE)
#undef RESOLVE
}

static CUarray make_array(size_t width, size_t height, int format, unsigned flags) {
  const ArrayDescription description = {width, height, 0, format, 1, flags};
  CUarray array;
  CU_OK(cuArray3DCreate(&array, &description));
  return array;
}

static void launch(CUmodule module, const char *name, unsigned threads, void **parameters) {
  CUfunction function;
  CU_OK(cuModuleGetFunction(&function, module, name));
  CU_OK(cuLaunchKernel(function, 1, 1, 1, threads, 1, 1, 0, NULL, parameters, NULL));
}

// A texture reference over an array: filter, border, coordinates; bound anew between two launches.
static void texture_reference(CUmodule module) {
  const float first[4] = {1, 2, 3, 4}, second[4] = {10, 20, 30, 40};
  const float x[4] = {0.25f, 0.375f, 0.5f, 1.5f};
  float got[8], border[4] = {7, 0, 0, 0};
  CUtexref grey;
  CUarray one = make_array(4, 1, FORMAT_FLOAT, 0), two = make_array(4, 1, FORMAT_FLOAT, 0), asked;
  CUdeviceptr memory;
  CU_OK(cuMemAlloc(&memory, sizeof x + sizeof got));
  CU_OK(cuMemcpyHtoD(memory, x, sizeof x));
  CU_OK(cuMemcpyHtoA(one, 0, first, sizeof first));
  CU_OK(cuMemcpyHtoA(two, 0, second, sizeof second));
  CU_OK(cuModuleGetTexRef(&grey, module, "grey"));
  CU_OK(cuTexRefSetArray(grey, one, 1));
  CU_OK(cuTexRefSetFilterMode(grey, 1));
  CU_OK(cuTexRefSetFlags(grey, NORMALIZED_COORDINATES));
  CU_OK(cuTexRefSetAddressMode(grey, 0, MODE_BORDER));
  CU_OK(cuTexRefSetAddressMode(grey, 1, MODE_CLAMP));
  CU_OK(cuTexRefSetBorderColor(grey, border));
  CUdeviceptr out = memory + sizeof x, out_two = out + sizeof x;
  void *parameters[] = {&memory, &out}, *parameters_two[] = {&memory, &out_two};
  launch(module, "look", 4, parameters);
  CU_OK(cuTexRefSetArray(grey, two, 1)); // counts for later launches only
  launch(module, "look", 4, parameters_two);
  CU_OK(cuMemcpyDtoH(got, out, sizeof got));
  expect(got[0] == 1.5f && got[1] == 2 && got[2] == 2.5f && got[3] == 7, "a texture reference");
  expect(got[4] == 15 && got[5] == 20 && got[6] == 25 && got[7] == 7, "bound to another array");

  int mode = -1, filter = -1, format = 0, channels = 0;
  unsigned flags = 0;
  float colour[4] = {0};
  CU_OK(cuTexRefGetArray(&asked, grey));
  CU_OK(cuTexRefGetAddressMode(&mode, grey, 0));
  CU_OK(cuTexRefGetFilterMode(&filter, grey));
  CU_OK(cuTexRefGetFormat(&format, &channels, grey));
  CU_OK(cuTexRefGetFlags(&flags, grey));
  CU_OK(cuTexRefGetBorderColor(colour, grey));
  expect(asked == two && mode == MODE_BORDER && filter == 1 && format == FORMAT_FLOAT &&
             channels == 1 && flags == NORMALIZED_COORDINATES && colour[0] == 7,
         "what a reference says of itself");
  CU_OK(cuMemFree(memory));
  CU_OK(cuArrayDestroy(one));
  CU_OK(cuArrayDestroy(two));
}

// Linear memory that is not aligned, and a surface reference that takes what comes of it.
static void linear_and_surface(CUmodule module) {
  enum { N = 64 };
  int cells[N], row[N];
  for (int i = 0; i < N; ++i)
    cells[i] = i * i;
  CUdeviceptr memory, bound;
  size_t offset = 0;
  CUtexref reference;
  CUsurfref canvas;
  CUarray array = make_array(N, 2, FORMAT_SINT32, SURFACE_LDST), asked;
  CU_OK(cuMemAlloc(&memory, sizeof cells));
  CU_OK(cuMemcpyHtoD(memory, cells, sizeof cells));
  CU_OK(cuModuleGetTexRef(&reference, module, "cells"));
  CU_OK(cuModuleGetSurfRef(&canvas, module, "canvas"));
  CU_OK(cuTexRefSetFormat(reference, FORMAT_SINT32, 1));
  CU_OK(cuTexRefSetFlags(reference, READ_AS_INTEGER));
  CU_OK(cuTexRefSetAddress(&offset, reference, memory + 16, sizeof cells - 16));
  CU_OK(cuTexRefGetAddress(&bound, reference));
  expect(offset == 16 && bound == memory, "an address that is not aligned");
  expect(cuTexRefSetAddress(NULL, reference, memory + 16, 64) == CUDA_ERROR_INVALID_VALUE,
         "must say so");
  CU_OK(cuSurfRefSetArray(canvas, array, 0));
  CU_OK(cuSurfRefGetArray(&asked, canvas));
  expect(asked == array, "the array of a surface reference");
  unsigned first = (unsigned)(offset / sizeof(int));
  void *parameters[] = {&first};
  launch(module, "paint", 32, parameters);
  CU_OK(cuCtxSynchronize());
  CU_OK(cuMemcpyAtoH(row, array, 0, 32 * sizeof(int)));
  int same = 1;
  for (int i = 0; i < 32; ++i)
    same &= row[i] == 2 * cells[i + 4];
  expect(same, "a surface reference");
  CU_OK(cuMemFree(memory));
  CU_OK(cuArrayDestroy(array));
}

// The middle levels of a mipmapped array of bytes, seen as half as many pairs: views change levels, never the size.
static void views(CUmodule module) {
  const ArrayDescription description = {32, 16, 0, FORMAT_UINT8, 4, 0};
  CUmipmappedArray mipmap;
  CUarray level;
  CU_OK(cuMipmappedArrayCreate(&mipmap, &description, 4));
  ArrayDescription of_level;
  CU_OK(cuMipmappedArrayGetLevel(&level, mipmap, 2));
  CU_OK(cuArray3DGetDescriptor(&of_level, level));
  expect(of_level.width == 8 && of_level.height == 4, "the extent of a level");
  expect(cuMipmappedArrayGetLevel(&level, mipmap, 4) == CUDA_ERROR_INVALID_VALUE,
         "a level that is not there");
  expect(cuArrayDestroy(level) != CUDA_SUCCESS, "a level cannot be destroyed");
  Resource resource = {.type = 1, .array = mipmap};
  Sampling sampling = {.flags = READ_AS_INTEGER | NORMALIZED_COORDINATES, .most = 9};
  View view = {
      .format = 8 /* UINT_2X16 */, .width = 32, .height = 16, .first_level = 1, .last_level = 2};
  CUtexObject object;
  CU_OK(cuTexObjectCreate(&object, &resource, &sampling, &view));
  unsigned answers[4];
  CUdeviceptr out;
  CU_OK(cuMemAlloc(&out, sizeof answers));
  void *parameters[] = {&object, &out};
  launch(module, "ask", 1, parameters);
  CU_OK(cuMemcpyDtoH(answers, out, sizeof answers));
  expect(answers[0] == 16 && answers[1] == 8, "a view begins at a level of its own");
  expect(answers[2] == 0x10db && answers[3] == 1, "and shows texels as another format");
  Resource asked;
  Sampling asked_sampling;
  View asked_view;
  CU_OK(cuTexObjectGetResourceDesc(&asked, object));
  CU_OK(cuTexObjectGetTextureDesc(&asked_sampling, object));
  CU_OK(cuTexObjectGetResourceViewDesc(&asked_view, object));
  expect(asked.type == 1 && asked.array == mipmap && asked_sampling.most == 9 &&
             asked_view.first_level == 1 && asked_view.format == 8,
         "a texture object's descriptions");
  CU_OK(cuTexObjectDestroy(object));
  view.format = 24; // FLOAT_4X32
  expect(cuTexObjectCreate(&object, &resource, &sampling, &view) == CUDA_ERROR_INVALID_VALUE,
         "a view of another texel size");
  view.format = 0;
  view.last_level = 4;
  expect(cuTexObjectCreate(&object, &resource, &sampling, &view) == CUDA_ERROR_INVALID_VALUE,
         "a view of levels that are not there");
  CU_OK(cuMemFree(out));
  CU_OK(cuMipmappedArrayDestroy(mipmap));
}

static CUresult try_array(ArrayDescription description) {
  CUarray array;
  CUresult result = cuArray3DCreate(&array, &description);
  if (result == CUDA_SUCCESS)
    cuArrayDestroy(array);
  return result;
}

static void refusals(CUmodule module) {
  const CUresult invalid = CUDA_ERROR_INVALID_VALUE;
  expect(try_array((ArrayDescription){0, 4, 0, FORMAT_FLOAT, 1, 0}) == invalid, "no width");
  expect(try_array((ArrayDescription){4, 4, 0, FORMAT_FLOAT, 3, 0}) == invalid, "three channels");
  expect(try_array((ArrayDescription){4, 4, 0, 77, 1, 0}) == invalid, "no such format");
  expect(try_array((ArrayDescription){4, 0, 4, FORMAT_FLOAT, 1, 0}) == invalid, "depth, no height");
  expect(try_array((ArrayDescription){4, 0, 4, FORMAT_FLOAT, 1, LAYERED}) == CUDA_SUCCESS,
         "but layers of rows");
  expect(try_array((ArrayDescription){4, 8, 6, FORMAT_FLOAT, 1, CUBEMAP}) == invalid,
         "faces that are no squares");
  expect(try_array((ArrayDescription){4, 4, 5, FORMAT_FLOAT, 1, CUBEMAP}) == invalid, "five faces");

  CUtexref reference;
  CUsurfref surface;
  expect(cuModuleGetTexRef(&reference, module, "canvas") == CUDA_ERROR_NOT_FOUND,
         "a surface is no texture");
  expect(cuModuleGetSurfRef(&surface, module, "grey") == CUDA_ERROR_NOT_FOUND,
         "a texture is no surface");
  CU_OK(cuTexRefCreate(&reference));
  CUarray array;
  expect(cuTexRefGetArray(&array, reference) == invalid, "nothing bound yet");
  expect(cuTexRefSetAddressMode(reference, 3, MODE_WRAP) == invalid, "a fourth dimension");
  expect(cuTexRefSetFormat(reference, FORMAT_FLOAT, 3) == invalid, "three channels bound");
  CU_OK(cuTexRefDestroy(reference));

  CUtexObject object;
  CUarray plain = make_array(8, 8, FORMAT_UINT8, 0);
  Resource resource = {.type = 0, .array = plain};
  Sampling sampling = {.filter = 1, .flags = READ_AS_INTEGER};
  expect(cuTexObjectCreate(&object, &resource, &sampling, NULL) == invalid,
         "nothing lies between integers");
  expect(cuSurfObjectCreate(&object, &resource) == invalid, "an array that is no surface");
  sampling.flags = 0x100;
  expect(cuTexObjectCreate(&object, &resource, &sampling, NULL) == invalid, "unknown flags");
  resource.type = 9;
  expect(cuTexObjectCreate(&object, &resource, &sampling, NULL) == invalid, "no such resource");
  CU_OK(cuArrayDestroy(plain));
}

int main(int argc, char **argv) {
  (void)argc;
  CUcontext context = start_driver();
  load_texture_functions();
  CUmodule module = load_beside(argv[0], "textures.ptx");
  texture_reference(module);
  linear_and_surface(module);
  views(module);
  refusals(module);
  CU_OK(cuModuleUnload(module));
  CU_OK(cuCtxDestroy(context));
  return verdict();
}
