// Names and texts of results.
#include "cuda/stub.h"

struct result_text {
  CUresult code;
  const char *name, *text;
};

static const struct result_text g_results[] = {
#define GF_RESULT(code, text) {code, #code, text},
#include "cudart/results.inc"
#undef GF_RESULT
};

static const struct result_text *look_up(CUresult code) {
  for (size_t i = 0; i < sizeof g_results / sizeof g_results[0]; i++) {
    if (g_results[i].code == code)
      return &g_results[i];
  }
  return NULL;
}

CUresult CUDAAPI cuGetErrorName(CUresult error, const char **pStr) {
  if (pStr == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const struct result_text *row = look_up(error);
  *pStr = row != NULL ? row->name : NULL;
  return row != NULL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult CUDAAPI cuGetErrorString(CUresult error, const char **pStr) {
  if (pStr == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const struct result_text *row = look_up(error);
  *pStr = row != NULL ? row->text : NULL;
  return row != NULL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
