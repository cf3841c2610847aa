#include "backends/cuda/graph_holdings.h"

namespace gpuferry::cuda {

namespace {

struct Holding {
  MemoryLedger *ledger;
  uint64_t bytes;

  static void end(void *self) {
    auto *holding = static_cast<Holding *>(self);
    holding->ledger->cancel(holding->bytes);
    delete holding;
  }
};

} // namespace

GraphHolding::GraphHolding(Call &call, uint64_t bytes)
    : call_(call), bytes_(bytes), is_within_(bytes == 0 || call.session().ledger.reserve(bytes)) {
  if (!is_within_)
    bytes_ = 0;
}

GraphHolding::~GraphHolding() {
  if (bytes_)
    call_.session().ledger.cancel(bytes_);
}

void GraphHolding::keep(CUgraph graph) {
  const Driver &driver = call_.driver();
  if (!bytes_ || !driver.cuUserObjectCreate || !driver.cuGraphRetainUserObject)
    return;
  auto *holding = new Holding{&call_.session().ledger, bytes_};
  CUuserObject object = nullptr;
  if (driver.cuUserObjectCreate(&object, holding, Holding::end, 1,
                                CU_USER_OBJECT_NO_DESTRUCTOR_SYNC) != CUDA_SUCCESS) {
    delete holding;
    return;
  }
  bytes_ = 0; // the object's from now on
  if (driver.cuGraphRetainUserObject(graph, object, 1, CU_GRAPH_USER_OBJECT_MOVE) != CUDA_SUCCESS)
    driver.cuUserObjectRelease(object, 1);
}

CUgraph captured_graph(const Driver &driver, CUstream stream) {
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
  CUgraph graph = nullptr;
  if (driver.cuStreamGetCaptureInfo_v3)
    driver.cuStreamGetCaptureInfo_v3(stream, &status, nullptr, &graph, nullptr, nullptr, nullptr);
  else if (driver.cuStreamGetCaptureInfo_v2)
    driver.cuStreamGetCaptureInfo_v2(stream, &status, nullptr, &graph, nullptr, nullptr);
  return status == CU_STREAM_CAPTURE_STATUS_ACTIVE ? graph : nullptr;
}

} // namespace gpuferry::cuda
