#include "backends/gl/backend.h"

#include "backends/gl/lane.h"
#include "executor/crash_report.h"
#include "ring/futex.h"

#include <mutex>
#include <utility>

namespace gpuferry::gl {

namespace {

// Of a busy lane, time is charged this often, in calls: a frame's worth.
constexpr uint64_t kCallsPerCharge = 1024;
// What a guest finds in the reply to a query while no context is current.
constexpr uint64_t kNoAnswerBytes = 4096;

struct Row {
  const char *symbol = nullptr;
  void (*handle)(GlCall &call) = nullptr;
  uint32_t args_bytes = 0;
  bool anywhere = false;  ///< needs no context
  bool blocks = false;    ///< reaching it is what others wait for, not its end
  bool ends_work = false; ///< a frame's end: a good moment to wait for a grant
};

std::array<Row, GF_GL_OPCODE_COUNT> make_rows() {
  std::array<Row, GF_GL_OPCODE_COUNT> rows{};
  for (size_t i = 0; i < rows.size(); ++i) {
    const GlHandlerRow &row = gl_handlers()[i];
    rows[i] = {row.symbol, row.handle, row.args_bytes, row.anywhere, false, false};
  }
  for (const uint16_t opcode : {GF_GL_OP_glFinish, GF_GL_OP_glClientWaitSync, GF_GL_OP_gfGlPresent})
    rows[opcode].blocks = rows[opcode].ends_work = true;
  rows[GF_GL_OP_glFlush].ends_work = true;
  return rows;
}

/// Made with the first lane; a local static would be asked for its guard with every call.
std::array<Row, GF_GL_OPCODE_COUNT> all_rows;

void fill_rows() {
  static std::once_flag once;
  std::call_once(once, [] { all_rows = make_rows(); });
}

} // namespace

std::unique_ptr<executor::LaneState> GlBackend::open_lane(unsigned index) {
  auto lane = std::make_unique<Lane>(index, session_.driver());
  set_current_lane(lane.get());
  executor::report_crashes_here();
  fill_rows();
  return lane;
}

void GlBackend::close_lane(executor::LaneState &state) {
  auto &lane = static_cast<Lane &>(state);
  if (lane.context)
    session_.make_current(lane, nullptr, nullptr, nullptr);
  session_.egl.release_thread();
  charge(lane);
  set_current_lane(nullptr);
}

int GlBackend::issue(executor::LaneState &state, wire::Frame &frame, wire::Reply &reply,
                     executor::Turn &turn) {
  auto &lane = static_cast<Lane &>(state);
  const gf_frame &header = frame.header();
  const Row *row = header.opcode < GF_GL_OPCODE_COUNT ? &all_rows[header.opcode] : nullptr;
  if (!row || !row->handle || header.size_bytes - sizeof header < row->args_bytes) {
    frame.violate("there is no such opcode, or its frame is too short");
    return 0;
  }
  if (lane.busy_since_ns == 0)
    begin_work(lane);
  ++lane.calls;
  if (!lane.context && !row->anywhere) [[unlikely]] {
    // OpenGL without a context does nothing; who asks for something gets zeros.
    reply.add(kNoAnswerBytes);
    return 0;
  }
  if (row->blocks)
    turn.pass_on();
  GlCall call(session_, lane, frame, reply);
  executor::note_issuing(row->symbol);
  row->handle(call);
  lane.release_all();
  if (row->ends_work || lane.calls >= kCallsPerCharge) {
    charge(lane);
    begin_work(lane);
  }
  if (!frame.is_sync() || !lane.context)
    return call.status();
  return call.status() | lane.context->reply_flags.load(std::memory_order_relaxed);
}

void GlBackend::idle_lane(executor::LaneState &state) { charge(static_cast<Lane &>(state)); }

/// Waits for a grant, and starts the clock: time in the driver is what a session pays for.
void GlBackend::begin_work(Lane &lane) {
  executor::GrantPage &grant = session_.grant;
  grant.backlog_begins();
  if (grant.revoked() || (grant.gated() && !grant.wait_for_grant([&] {
        return grant.used_ns() < grant.granted_ns() || !grant.gated();
      })))
    revoked_();
  lane.busy_since_ns = ring::now_ns();
}

void GlBackend::charge(Lane &lane) {
  if (lane.busy_since_ns == 0)
    return;
  executor::GrantPage &grant = session_.grant;
  grant.use(ring::now_ns() - std::exchange(lane.busy_since_ns, 0));
  grant.backlog_ends();
  gf_fetch_add_relaxed(&grant->calls, std::exchange(lane.calls, 0));
}

} // namespace gpuferry::gl
