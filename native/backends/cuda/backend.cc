#include "backends/cuda/backend.h"

#include "backends/cuda/managed_mirror.h"
#include "backends/cuda/work.h"

namespace gpuferry::cuda {

namespace {
constexpr auto kWork = make_work_table();
constexpr auto kUnsafe = make_unsafe_table();
// How often, in calls, the meter looks whether a busy guest has let the GPU run dry.
constexpr unsigned kCallsPerLook = 64;
} // namespace

CudaBackend::CudaBackend(Session &session, std::function<void()> revoked)
    : session_(session), revoked_(std::move(revoked)) {}

std::unique_ptr<executor::LaneState> CudaBackend::open_lane(unsigned) {
  auto lane = std::make_unique<Lane>();
  session_.add(*lane);
  return lane;
}

void CudaBackend::close_lane(executor::LaneState &state) {
  auto &lane = static_cast<Lane &>(state);
  session_.remove(lane);
  for (const auto &[context, stream] : lane.own_streams)
    if (stream) {
      session_.meter.forget(context, stream);
      session_.driver.cuStreamDestroy_v2(stream); // its work is finished all the same
    }
}

int CudaBackend::issue(executor::LaneState &state, wire::Frame &frame, wire::Reply &reply,
                       executor::Turn &turn) {
  auto &lane = static_cast<Lane &>(state);
  const uint16_t opcode = frame.header().opcode;
  const HandlerRow *row = opcode < GF_OPCODE_COUNT ? &handlers()[opcode] : nullptr;
  if (!row || !row->handle) {
    frame.violate("there is no such opcode");
    return CUDA_ERROR_UNKNOWN;
  }
  if (session_.grant.revoked()) {
    revoked_();
    return CUDA_ERROR_UNKNOWN;
  }
  ManagedMirror &managed = ManagedMirror::of_session();
  if (!managed.empty())
    managed.push();
  Call call(session_, lane, frame, reply, turn);
  CUresult result = lane.put_in_place(session_);
  if (kUnsafe[opcode] && session_.captures.any() && result == CUDA_SUCCESS)
    result = call.refuse_unsafe();
  if (result == CUDA_SUCCESS) {
    const Work work = kWork[opcode];
    if (work == Work::on_its_stream)
      call.work_on_next_stream();
    if (work == Work::on_default_stream && !call.begin_work(nullptr))
      revoked_();
    else
      result = row->handle(call);
    call.end_work();
    call.hand_on_printed();
  }
  if (!managed.empty() && frame.is_sync())
    managed.pull();
  if (result != CUDA_SUCCESS)
    session_.report(result, !frame.is_sync(), lane);
  if (++issued_ % kCallsPerLook == 0)
    session_.meter.look();
  return result;
}

void CudaBackend::idle() {
  session_.meter.quiet();
  session_.meter.harvest();
}

} // namespace gpuferry::cuda
