// User objects.
#include "graph_enter.h"

#include <climits>

using namespace softcuda;

namespace {

CUresult enter_object(CUuserObject handle, unsigned count, UserObject **object) {
  GF_TRY(enter());
  *object = UserObject::from(handle);
  GF_REQUIRE(*object && count && count <= INT_MAX);
  return CUDA_SUCCESS;
}

} // namespace

GF_API cuUserObjectCreate(CUuserObject *out, void *value, CUhostFn destroy, unsigned int references,
                          unsigned int flags) {
  GF_TRY(enter());
  GF_REQUIRE(out && destroy && references && references <= INT_MAX &&
             flags == CU_USER_OBJECT_NO_DESTRUCTOR_SYNC);
  *out = handle_of<CUuserObject>(new UserObject(value, destroy, references));
  return CUDA_SUCCESS;
}

GF_API cuUserObjectRetain(CUuserObject handle, unsigned int count) {
  UserObject *object;
  GF_TRY(enter_object(handle, count, &object));
  object->retain(count);
  return CUDA_SUCCESS;
}

GF_API cuUserObjectRelease(CUuserObject handle, unsigned int count) {
  UserObject *object;
  GF_TRY(enter_object(handle, count, &object));
  GF_REQUIRE(object->release(count));
  return CUDA_SUCCESS;
}

GF_API cuGraphRetainUserObject(CUgraph handle, CUuserObject object_handle, unsigned int count,
                               unsigned int flags) {
  Graph *graph;
  UserObject *object;
  GF_TRY(enter_graph(handle, &graph));
  GF_TRY(enter_object(object_handle, count, &object));
  GF_REQUIRE((flags & ~CU_GRAPH_USER_OBJECT_MOVE) == 0);
  if (flags & CU_GRAPH_USER_OBJECT_MOVE)
    GF_REQUIRE(object->move_to_graph(count));
  else
    object->retain_for_graph(count);
  graph->user_objects.take(*object, count);
  return CUDA_SUCCESS;
}

GF_API cuGraphReleaseUserObject(CUgraph handle, CUuserObject object_handle, unsigned int count) {
  Graph *graph;
  UserObject *object;
  GF_TRY(enter_graph(handle, &graph));
  GF_TRY(enter_object(object_handle, count, &object));
  GF_REQUIRE(graph->user_objects.give_back(*object, count));
  return CUDA_SUCCESS;
}
