#include "values.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "records.h"

unsigned char values_host[WORLD_BYTES];

enum how {
  NUMBER,       // `what`
  OBJECT,       // of the world
  NOTHING,      // NULL
  UNTOUCHED,    // the buffer, for output
  COUNTER,      // the buffer, which holds the number `what`
  HOST,         // values_host
  PROGRAM,      // PTX
  TEXT,         // `text`
  CALLBACK,     // a function that does nothing
  BUS_ID,       // of device 0
  PROGRAM_FILE, // a path
  HANDLE_IN,    // the buffer, which holds the object
};

struct rule {
  const char *function; // patterns, as of file names
  const char *arg;
  const char *type;
  enum how how;
  uint64_t what;
  const char *text;
};

// The first that fits. What no rule fits is zero, or output.
static const struct rule rules[] = {
    {"cuThreadExchangeStreamCaptureMode", "mode", "*", COUNTER, CU_STREAM_CAPTURE_MODE_RELAXED,
     NULL},
    {"cuGetExportTable", "ppExportTable", "*", UNTOUCHED, 0, NULL},
    {"cuGetProcAddress*", "cudaVersion", "*", NUMBER, 12000, NULL},
    {"cuGetProcAddress*", "symbol", "*", TEXT, 0, "cuMemAlloc"},
    {"cuDeviceGetByPCIBusId", "pciBusId", "*", BUS_ID, 0, NULL},
    {"cuCheckpoint*", "pid", "*", NUMBER, 0, NULL},
    {"cuModuleLoad", "fname", "*", PROGRAM_FILE, 0, NULL},
    {"cuLibraryLoadFromFile", "fileName", "*", PROGRAM_FILE, 0, NULL},
    {"cuLinkAddFile*", "path", "*", PROGRAM_FILE, 0, NULL},
    {"cuLinkAdd*", "size", "size_t", NUMBER, 0, "program"},
    {"cuLinkAdd*", "type", "*", NUMBER, CU_JIT_INPUT_PTX, NULL},
    {"cuLinkAdd*", "name", "*", TEXT, 0, "part"},
    {"cuModuleGetTexRef", "name", "*", TEXT, 0, "image"},
    {"cuModuleGetSurfRef", "name", "*", TEXT, 0, "canvas"},
    {"cu*GetGlobal*", "name", "*", TEXT, 0, "variable"},
    {"cuLibraryGetManaged", "name", "*", TEXT, 0, "variable"},
    {"*", "name", "char", TEXT, 0, "store"},
    {"cuGraphDebugDotPrint", "path", "*", TEXT, 0, "/dev/null"},
    {"cuLogsDumpToFile", "pathToFile", "*", TEXT, 0, "/dev/null"},
    {"cuModuleLoadFatBinary", "fatCubin", "*", PROGRAM, 0, NULL},
    {"cuModuleLoadData*", "image", "*", PROGRAM, 0, NULL},
    {"cuLibraryLoadData", "code", "*", PROGRAM, 0, NULL},
    {"cuLinkAddData*", "data", "*", PROGRAM, 0, NULL},
    {"*", "*ptionValues", "*", NOTHING, 0, NULL},
    {"*", "*ptions", "CUjit_option", NOTHING, 0, NULL},
    {"*", "jitOptionsValues", "*", NOTHING, 0, NULL},
    {"*", "libraryOption*", "*", NOTHING, 0, NULL},
    {"*", "optionValues", "*", NOTHING, 0, NULL},
    {"cuLinkComplete", "*Out", "*", UNTOUCHED, 0, NULL},
    {"cuLaunchKernel*", "kernelParams", "*", UNTOUCHED, 0, "kernel"},
    {"cuLaunchCooperativeKernel*", "kernelParams", "*", UNTOUCHED, 0, "kernel"},
    {"*", "extra", "*", NOTHING, 0, NULL},
    {"*", "gridDim?", "unsigned int", NUMBER, 1, NULL},
    {"*", "blockDim?", "unsigned int", NUMBER, 1, NULL},
    {"*", "blockSize*", "int", NUMBER, 64, NULL},
    {"*", "blockSizeToDynamicSMemSize", "*", NOTHING, 0, NULL},
    {"*", "numBlocks", "int", NUMBER, 1, NULL},
    {"cuFuncSetBlockShape", "?", "int", NUMBER, 1, NULL},
    {"cuLaunchGrid*", "grid_*", "int", NUMBER, 1, NULL},
    {"cuStreamAddCallback", "callback", "*", CALLBACK, 0, NULL},
    {"*", "callbackFunc", "*", CALLBACK, 0, NULL},
    {"*", "fn", "*", CALLBACK, 0, NULL},
    {"*", "destroy", "*", CALLBACK, 0, NULL},
    {"*", "userData", "*", NOTHING, 0, NULL},
    {"cuUserObjectCreate", "ptr", "*", HOST, 0, NULL},
    {"cuUserObjectCreate", "initialRefcount", "*", NUMBER, 1, NULL},
    {"cuUserObjectCreate", "flags", "*", NUMBER, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC, NULL},
    {"cuUserObject*", "count", "*", NUMBER, 1, NULL},
    {"cuGraphRe*UserObject", "count", "*", NUMBER, 1, NULL},
    {"cuCtxDestroy*", "ctx", "*", OBJECT, WORLD_CONTEXT, NULL},
    {"cuCtxDetach", "ctx", "*", OBJECT, WORLD_CONTEXT, NULL},
    {"cuCtx??ablePeerAccess", "peerContext", "*", OBJECT, WORLD_CONTEXT, NULL},
    {"cuCtxCreate*", "ctxCreateParams", "*", NOTHING, 0, NULL},
    {"cuCtxCreate_v3", "paramsArray", "*", NOTHING, 0, NULL},
    {"cuCtxSetLimit", "value", "size_t", NUMBER, 4096, NULL},
    {"cuMemFreeAsync", "dptr", "*", OBJECT, WORLD_ASYNC_MEMORY, NULL},
    {"cuGraphAddMemFreeNode", "dptr", "*", OBJECT, WORLD_ASYNC_MEMORY, NULL},
    {"cuMemPoolExportPointer", "ptr", "*", OBJECT, WORLD_ASYNC_MEMORY, NULL},
    {"cuMemPoolGetAttribute", "value", "*", UNTOUCHED, 0, NULL},
    {"cuMemPoolSetAttribute", "value", "*", COUNTER, 1, NULL},
    {"cuMemPoolTrimTo", "minBytesToKeep", "*", NUMBER, 0, NULL},
    {"cuDeviceGetGraphMemAttribute", "value", "*", UNTOUCHED, 0, NULL},
    {"cuDeviceSetGraphMemAttribute", "value", "*", COUNTER, 0, NULL},
    {"cuDeviceSetGraphMemAttribute", "attr", "*", NUMBER, CU_GRAPH_MEM_ATTR_USED_MEM_HIGH, NULL},
    {"cuMemAddressFree", "ptr", "*", OBJECT, WORLD_RESERVED, NULL},
    {"cuMemAddressReserve", "addr", "*", NUMBER, 0, NULL},
    {"cuMemAddressReserve", "alignment", "*", NUMBER, 0, NULL},
    {"cuMemMap", "ptr", "*", OBJECT, WORLD_RESERVED, NULL},
    {"cuMemMap", "offset", "*", NUMBER, 0, NULL},
    {"cuMem*map", "ptr", "*", OBJECT, WORLD_MAPPED, NULL},
    {"cuMemSetAccess", "ptr", "*", OBJECT, WORLD_MAPPED, NULL},
    {"cuMemGetAccess", "ptr", "*", OBJECT, WORLD_MAPPED, NULL},
    {"cuMemRetainAllocationHandle", "addr", "*", OBJECT, WORLD_MAPPED, NULL},
    {"cuMem{Map,Unmap}", "size", "*", NUMBER, WORLD_GRANULE_BYTES, NULL},
    {"cuMemMap", "size", "*", NUMBER, WORLD_GRANULE_BYTES, NULL},
    {"cuMemUnmap", "size", "*", NUMBER, WORLD_GRANULE_BYTES, NULL},
    {"cuMemCreate", "size", "*", NUMBER, WORLD_GRANULE_BYTES, NULL},
    {"cuMemAddress*", "size", "*", NUMBER, WORLD_GRANULE_BYTES, NULL},
    {"cuMemSetAccess", "size", "*", NUMBER, WORLD_GRANULE_BYTES, NULL},
    {"cuMem*PrefetchAsync*", "devPtr", "*", OBJECT, WORLD_MANAGED, NULL},
    {"cuMemAdvise*", "devPtr", "*", OBJECT, WORLD_MANAGED, NULL},
    {"cuMemAdvise*", "advice", "*", NUMBER, CU_MEM_ADVISE_SET_READ_MOSTLY, NULL},
    {"cuMemRangeGetAttribute*", "devPtr", "*", OBJECT, WORLD_MANAGED, NULL},
    {"cuMemRangeGetAttribute", "dataSize", "*", NUMBER, 4, NULL},
    {"cuStreamAttachMemAsync", "dptr", "*", OBJECT, WORLD_MANAGED, NULL},
    {"cuStreamAttachMemAsync", "length", "*", NUMBER, 0, NULL},
    {"cuStreamAttachMemAsync", "flags", "*", NUMBER, CU_MEM_ATTACH_GLOBAL, NULL},
    {"cuMemAllocManaged", "flags", "*", NUMBER, CU_MEM_ATTACH_GLOBAL, NULL},
    {"cuMemFreeHost", "p", "*", OBJECT, WORLD_PINNED, NULL},
    {"cuMemHostGet*", "p", "*", OBJECT, WORLD_PINNED, NULL},
    {"cuMemHostRegister*", "p", "*", OBJECT, WORLD_PAGES, NULL},
    {"cuMemHostRegister*", "*ize", "*", NUMBER, WORLD_BYTES, NULL},
    {"cuMemHostUnregister", "p", "*", OBJECT, WORLD_REGISTERED, NULL},
    {"cuMemAllocPitch*", "ElementSizeBytes", "*", NUMBER, 4, NULL},
    {"cuMemAlloc*", "*", "size_t", NUMBER, 4096, NULL},
    {"cuMemHostAlloc", "*", "size_t", NUMBER, 4096, NULL},
    {"cuIpc*EventHandle", "event", "*", OBJECT, WORLD_EVENT_HANDLE, NULL},
    {"cuMemGetHandleForAddressRange", "dptr", "*", OBJECT, WORLD_MAPPED, NULL},
    {"cuMemGetHandleForAddressRange", "size", "*", NUMBER, WORLD_GRANULE_BYTES, NULL},
    {"cuMemExportToShareableHandle", "shareableHandle", "*", UNTOUCHED, 0, NULL},
    {"cuMemPoolExportToShareableHandle", "handle_out", "*", UNTOUCHED, 0, NULL},
    {"cuMem*ImportFromShareableHandle", "*andle", "void", NUMBER, 99999, NULL},
    {"cuMem*ShareableHandle", "*andleType", "*", NUMBER, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR,
     NULL},
    {"cuMem*ShareableHandle", "shHandleType", "*", NUMBER, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR,
     NULL},
    {"cuStreamW*Value*", "addr", "*", OBJECT, WORLD_MEMORY, NULL},
    {"cuStreamWaitValue*", "value", "*", NUMBER, 0x1111111111111111, NULL},
    {"cuStreamWriteValue*", "value", "*", NUMBER, 9, NULL},
    {"cuStreamBatchMemOp*", "count", "*", NUMBER, 1, NULL},
    {"cuPointerGetAttribute", "data", "*", UNTOUCHED, 0, NULL},
    {"cuPointerGetAttributes", "numAttributes", "*", NUMBER, 1, NULL},
    {"cuPointerGetAttributes", "data", "*", UNTOUCHED, 0, "self"},
    {"cuPointerSetAttribute", "value", "*", COUNTER, 1, NULL},
    {"cuPointerSetAttribute", "attribute", "*", NUMBER, CU_POINTER_ATTRIBUTE_SYNC_MEMOPS, NULL},
    {"cuMemRangeGetAttribute", "data", "*", UNTOUCHED, 0, NULL},
    {"cuMemRangeGetAttributes", "data", "*", UNTOUCHED, 0, "self"},
    {"cuMemRangeGetAttributes", "dataSizes", "*", COUNTER, 4, NULL},
    {"cuMemRangeGetAttributes", "numAttributes", "*", NUMBER, 1, NULL},
    {"cuTexRefSetAddress*", "bytes", "*", NUMBER, 256, NULL},
    {"cuTexRefSetAddress2D*", "Pitch", "*", NUMBER, 256, NULL},
    {"cuTexRefSetArray", "Flags", "*", NUMBER, CU_TRSA_OVERRIDE_FORMAT, NULL},
    {"cuTexRefSetMipmappedArray", "Flags", "*", NUMBER, CU_TRSA_OVERRIDE_FORMAT, NULL},
    {"cuTexRefSetFormat", "NumPackedComponents", "*", NUMBER, 4, NULL},
    {"cuTexRefSetBorderColor", "pBorderColor", "*", COUNTER, 0, NULL},
    {"*", "fmt", "*", NUMBER, CU_AD_FORMAT_UNSIGNED_INT8, NULL},
    {"*", "format", "*", NUMBER, CU_AD_FORMAT_UNSIGNED_INT8, NULL},
    {"cuDeviceGetTexture1DLinearMaxWidth", "numChannels", "*", NUMBER, 4, NULL},
    {"cuMipmappedArrayCreate", "numMipmapLevels", "*", NUMBER, 3, NULL},
    {"cuDevSmResourceSplitByCount", "minCount", "*", NUMBER, 2, NULL},
    {"cuDevSmResourceSplitByCount", "nbGroups", "*", COUNTER, 2, NULL},
    {"cuDevResourceGenerateDesc", "nbResources", "*", NUMBER, 1, NULL},
    {"cuDev*GetDevResource", "type", "*", NUMBER, CU_DEV_RESOURCE_TYPE_SM, NULL},
    {"cuCtxGetDevResource", "type", "*", NUMBER, CU_DEV_RESOURCE_TYPE_SM, NULL},
    {"cuGreenCtxGetDevResource", "type", "*", NUMBER, CU_DEV_RESOURCE_TYPE_SM, NULL},
    {"cuGreenCtxCreate", "flags", "*", NUMBER, CU_GREEN_CTX_DEFAULT_STREAM, NULL},
    {"cuGreenCtxStreamCreate", "flags", "*", NUMBER, CU_STREAM_NON_BLOCKING, NULL},
    {"cuGreenCtxCreate", "desc", "*", NUMBER, 0, "desc"},
    {"cu*GetParamInfo", "paramIndex", "*", NUMBER, 0, NULL},
    {"cuDeviceGet*AtomicCapabilities", "count", "*", NUMBER, 1, NULL},
    {"cuLibraryEnumerateKernels", "numKernels", "*", NUMBER, 2, NULL},
    {"cuModuleEnumerateFunctions", "numFunctions", "*", NUMBER, 2, NULL},
    {"cuFuncSetAttribute", "attrib", "*", NUMBER, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
     NULL},
    {"cuKernelSetAttribute", "attrib", "*", NUMBER, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
     NULL},
    {"cuGraphAdd*", "numDependencies", "*", NUMBER, 0, NULL},
    {"cuGraphAdd*", "dependenc*", "*", NOTHING, 0, NULL},
    {"cuGraphAddDependencies*", "from", "*", HANDLE_IN, WORLD_NODE, NULL},
    {"cuGraph*Dependencies*", "to", "*", HANDLE_IN, WORLD_SECOND_NODE, NULL},
    {"cuGraph*Dependencies*", "from", "*", HANDLE_IN, WORLD_NODE, NULL},
    {"cuGraphGetEdges*", "from", "*", UNTOUCHED, 0, NULL},
    {"cuGraph*", "edgeData", "*", NOTHING, 0, NULL},
    {"cuGraph*", "num*", "size_t", NUMBER, 1, "counter"},
    {"cuGraphNodeSetEnabled", "isEnabled", "*", NUMBER, 1, NULL},
    {"cuGraphInstantiate*", "logBuffer", "*", UNTOUCHED, 0, NULL},
    {"cuGraphInstantiate*", "bufferSize", "*", NUMBER, 256, NULL},
    {"cuGraphAddChildGraphNode", "childGraph", "*", OBJECT, WORLD_GRAPH, NULL},
    {"cuStreamUpdateCaptureDependencies*", "dependenc*", "*", HANDLE_IN, WORLD_NODE, NULL},
    {"cuStream*CaptureToGraph", "dependenc*", "*", NOTHING, 0, NULL},
    {"cuStream*CaptureToGraph", "numDependencies", "*", NUMBER, 0, NULL},
    {"cuMemcpy*Batch*", "*s", "CUdeviceptr", HANDLE_IN, WORLD_MEMORY, NULL},
    {"cuMemcpyBatchAsync*", "sizes", "*", COUNTER, 256, NULL},
    {"cuMemcpyBatchAsync*", "attrsIdxs", "*", COUNTER, 0, NULL},
    {"cuMemcpyBatchAsync*", "count", "*", NUMBER, 1, NULL},
    {"cuMemcpyBatchAsync*", "numAttrs", "*", NUMBER, 1, NULL},
    {"cuMemcpy3DBatchAsync*", "numOps", "*", NUMBER, 1, NULL},
    {"cuMem*Batch*", "dptrs", "*", HANDLE_IN, WORLD_MANAGED, NULL},
    {"cuMem*Batch*", "sizes", "*", COUNTER, 4096, NULL},
    {"cuMem*Batch*", "prefetchLocIdxs", "*", COUNTER, 0, NULL},
    {"cuMem*Batch*", "numPrefetchLocs", "*", NUMBER, 1, NULL},
    {"cuMem*Batch*", "flags", "*", NUMBER, 0, NULL},
    {"cuMem*Batch*", "count", "*", NUMBER, 1, NULL},
    {"cuMem*", "failIdx", "*", UNTOUCHED, 0, NULL},
    {"*", "operations", "*", COUNTER, 0, NULL},
    {"*", "attributes", "*", COUNTER, 1, NULL},
    {"*", "*src*", "CUdeviceptr", OBJECT, WORLD_SECOND_MEMORY, NULL},
    {"*", "*", "CUdeviceptr", OBJECT, WORLD_MEMORY, NULL},
    {"*", "*itch", "size_t", NUMBER, 256, NULL},
    {"*", "Width*", "size_t", NUMBER, 16, NULL},
    {"*", "Height*", "size_t", NUMBER, 4, NULL},
    {"*", "*ffset", "size_t", NUMBER, 0, NULL},
    {"cuMemset*", "N", "size_t", NUMBER, 16, NULL},
    {"*", "dynamicSmemSize", "*", NUMBER, 0, NULL},
    {"*", "dynamicSMemSize", "*", NUMBER, 0, NULL},
    {"*", "*", "size_t", NUMBER, 64, NULL},
    {"*", "len", "int", NUMBER, 64, NULL},
    {"*", "count", "*", NUMBER, 1, NULL},
    {"cuLaunchKernel*", "f", "*", OBJECT, WORLD_FUNCTION, NULL},
    {"cuStreamCopyAttributes", "*", "*", OBJECT, WORLD_STREAM, NULL},
    {"*", "*", "float", NUMBER, 1, NULL},
};

static const struct rule *rule_of(const struct table_function *function,
                                  const struct table_arg *arg) {
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    const struct rule *r = &rules[i];
    if (fnmatch(r->function, function->symbol, 0) == 0 && fnmatch(r->arg, arg->name, 0) == 0 &&
        fnmatch(r->type, arg->type->name, 0) == 0)
      return r;
  }
  return NULL;
}

enum world_object values_object_of(const struct table_type *type) {
  static const struct {
    const char *type;
    enum world_object object;
  } objects[] = {
      {"CUstream", WORLD_STREAM},         {"CUevent", WORLD_EVENT},
      {"CUmodule", WORLD_MODULE},         {"CUfunction", WORLD_FUNCTION},
      {"CUlibrary", WORLD_LIBRARY},       {"CUkernel", WORLD_KERNEL},
      {"CUgraph", WORLD_GRAPH},           {"CUgraphNode", WORLD_NODE},
      {"CUgraphExec", WORLD_EXEC},        {"CUarray", WORLD_ARRAY},
      {"CUmipmappedArray", WORLD_MIPMAP}, {"CUtexref", WORLD_TEXREF},
      {"CUsurfref", WORLD_SURFREF},       {"CUmemoryPool", WORLD_POOL},
      {"CUlinkState", WORLD_LINK},        {"CUtexObject", WORLD_TEXTURE},
      {"CUsurfObject", WORLD_SURFACE},    {"CUmemGenericAllocationHandle", WORLD_PHYSICAL},
      {"CUgreenCtx", WORLD_GREEN},        {"CUuserObject", WORLD_USER_OBJECT},
  };
  for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
    if (strcmp(type->name, objects[i].type) == 0)
      return objects[i].object;
  return WORLD_OBJECTS;
}

static void nothing(void) {}

static const char *bus_id(void *buffer) {
  if (!world_has_begun() || CU(cuDeviceGetPCIBusId)(buffer, VALUES_BUFFER_BYTES, 0) != CUDA_SUCCESS)
    strcpy(buffer, "0000:00:00.0");
  return buffer;
}

static const char *program_file(char *path) {
  snprintf(path, VALUES_BUFFER_BYTES, "/tmp/conformance-%d.ptx", (int)getuid());
  FILE *file = fopen(path, "w");
  if (file != NULL) {
    fputs(world_ptx, file);
    fclose(file);
  }
  return path;
}

static bool is_node_call(const struct table_function *function, const char *what) {
  return strstr(function->symbol, what) != NULL;
}

void values_prepare(const struct table_function *function) {
  memset(values_host, VALUES_HOST_FILL, sizeof values_host);
  static const struct {
    const char *in_name;
    enum world_node_kind kind;
  } kinds[] = {
      {"KernelNode", WORLD_NODE_KERNEL},        {"MemcpyNode", WORLD_NODE_MEMCPY},
      {"MemsetNode", WORLD_NODE_MEMSET},        {"HostNode", WORLD_NODE_HOST},
      {"ChildGraphNode", WORLD_NODE_CHILD},     {"EventRecordNode", WORLD_NODE_EVENT_RECORD},
      {"EventWaitNode", WORLD_NODE_EVENT_WAIT}, {"MemAllocNode", WORLD_NODE_ALLOC},
      {"MemFreeNode", WORLD_NODE_FREE},         {"BatchMemOpNode", WORLD_NODE_BATCH},
      {"NodeSetEnabled", WORLD_NODE_KERNEL},    {"NodeGetEnabled", WORLD_NODE_KERNEL},
      {"NodeSetParams", WORLD_NODE_MEMSET},
  };
  enum world_node_kind kind = WORLD_NODE_EMPTY;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (is_node_call(function, kinds[i].in_name)) {
      kind = kinds[i].kind;
      break;
    }
  // An added node needs no other of its kind.
  world_node_is(strncmp(function->symbol, "cuGraphAdd", 10) == 0 ? WORLD_NODE_EMPTY : kind);
}

static void *kernel_parameters(void **buffer) {
  static uint64_t to;
  static uint32_t value = 42;
  to = world_get(WORLD_MEMORY);
  buffer[0] = &to;
  buffer[1] = &value;
  return buffer;
}

static union table_value by_rule(const struct rule *rule, const struct table_arg *arg,
                                 void *buffer) {
  union table_value value = {0};
  switch (rule->how) {
  case NUMBER:
    value.number = rule->what;
    if (rule->text != NULL && strcmp(rule->text, "program") == 0)
      value.number = strlen(world_ptx) + 1;
    if (rule->text != NULL && strcmp(rule->text, "desc") == 0)
      value.pointer = records_green_desc();
    if (rule->text != NULL && strcmp(rule->text, "counter") == 0 && arg->depth == 1) {
      *(size_t *)buffer = 4; // room for this many
      value.pointer = buffer;
    } else if (arg->depth == 0 && arg->type->kind == TABLE_REAL) {
      value.real = (double)rule->what;
    } else if (arg->depth > 0 && rule->how == NUMBER && arg->type->kind == TABLE_UNSIGNED) {
      value.pointer = buffer; // a rule for values meets output of the same type
    } else if (arg->depth > 0 && arg->type->kind != TABLE_VOID) {
      value.pointer = buffer;
    }
    break;
  case OBJECT:
    if (arg->depth > 0 && arg->type->kind != TABLE_VOID)
      value.pointer = buffer;
    else
      value.number = world_get((enum world_object)rule->what);
    break;
  case HANDLE_IN:
    memset(buffer, 0, VALUES_BUFFER_BYTES);
    *(uint64_t *)buffer = world_get((enum world_object)rule->what);
    value.pointer = buffer;
    break;
  case COUNTER:
    memset(buffer, 0, VALUES_BUFFER_BYTES);
    *(uint64_t *)buffer = rule->what;
    value.pointer = buffer;
    break;
  case UNTOUCHED:
    value.pointer = buffer;
    if (rule->text != NULL && strcmp(rule->text, "kernel") == 0)
      kernel_parameters(buffer);
    if (rule->text != NULL && strcmp(rule->text, "self") == 0)
      *(void **)buffer = (unsigned char *)buffer + VALUES_BUFFER_BYTES / 2;
    break;
  case NOTHING:
    break;
  case HOST:
    value.pointer = values_host;
    break;
  case PROGRAM:
    value.pointer = (void *)world_ptx;
    break;
  case TEXT:
    value.pointer = arg->is_const || arg->depth == 0 ? (void *)rule->text : buffer;
    break;
  case CALLBACK:
    value.pointer = (void *)nothing;
    break;
  case BUS_ID:
    value.pointer = (void *)bus_id(buffer);
    break;
  case PROGRAM_FILE:
    value.pointer = (void *)program_file(buffer);
    break;
  }
  return value;
}

union table_value values_good(const struct table_function *function, unsigned i, void *buffer) {
  const struct table_arg *arg = &function->args[i];
  union table_value value = {0};
  memset(buffer, VALUES_UNTOUCHED, VALUES_BUFFER_BYTES);
  if (records_fill(function, arg, buffer)) {
    value.pointer = buffer;
    return value;
  }
  const struct rule *rule = rule_of(function, arg);
  if (rule != NULL && !(rule->how == TEXT && arg->depth > 1)) // output: a pointer to text
    return by_rule(rule, arg, buffer);
  if (arg->depth > 0) {
    value.pointer = arg->type->kind == TABLE_VOID && arg->depth == 1 ? values_host : buffer;
    if (arg->is_const && arg->type->kind != TABLE_VOID)
      memset(buffer, 0, VALUES_BUFFER_BYTES);
    return value;
  }
  if (strcmp(arg->type->name, "CUcontext") == 0)
    value.pointer = world_context();
  else if (arg->type->kind == TABLE_RECORD)
    value.pointer = memset(buffer, 0, VALUES_BUFFER_BYTES);
  else if (arg->type->kind == TABLE_ENUM)
    value.number = arg->type->value_count > 0 ? (uint64_t)arg->type->values[0] : 0;
  else if (values_object_of(arg->type) != WORLD_OBJECTS)
    value.number = world_get(values_object_of(arg->type));
  return value;
}
