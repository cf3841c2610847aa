#include "executor/fuzz/frame_maker.h"

#include "backends/cuda/call.h"

#include <cstring>

namespace gpuferry::executor::fuzz {

namespace {

constexpr char kPtx[] = ".version 7.0\n.target sm_75\n.address_size 64\n"
                        ".visible .entry touch(.param .u64 p) {\n"
                        ".reg .b64 %rd<3>;\n.reg .b32 %r<2>;\n"
                        "ld.param.u64 %rd1, [p];\ncvta.to.global.u64 %rd2, %rd1;\n"
                        "mov.u32 %r1, 7;\nst.global.u32 [%rd2], %r1;\nret;\n}\n";
constexpr uint64_t kImageOffset = 4096;
constexpr uint64_t kHeapBytes = 16 << 20;
constexpr uint64_t kPinnedOffset = 1 << 20, kPinnedBytes = 1 << 20;

const uint64_t kContext = gf_handle_make(GF_KIND_CONTEXT, 0, 1);
const uint64_t kModule = gf_handle_make(GF_KIND_MODULE, 0, 1);
const uint64_t kFunction = gf_handle_make(GF_KIND_FUNCTION, 0, 1);
const uint64_t kStream = gf_handle_make(GF_KIND_STREAM, 0, 1);
const uint64_t kEvent = gf_handle_make(GF_KIND_EVENT, 0, 1);

MadeFrame with_gentle_words(MadeFrame frame, std::vector<unsigned> words) {
  frame.gentle_words = std::move(words);
  return frame;
}

} // namespace

void FrameMaker::append(MadeFrame &frame, const void *bytes, size_t count) {
  const auto *from = static_cast<const std::byte *>(bytes);
  frame.body.insert(frame.body.end(), from, from + count);
  frame.body.resize(GF_ALIGN8(frame.body.size()));
}

template <class T> MadeFrame FrameMaker::frame(uint16_t opcode, const T &args, bool sync) {
  MadeFrame made;
  made.opcode = opcode;
  made.flags = sync ? GF_FRAME_SYNC : 0;
  append(made, &args, sizeof args);
  return made;
}

std::vector<MadeFrame> FrameMaker::opening(std::byte *heap) {
  next_index_ = 16;
  std::memcpy(heap + kImageOffset, kPtx, sizeof kPtx);
  live_ = {kContext, kModule, kFunction, kStream, kEvent};
  std::vector<MadeFrame> frames;
  frames.push_back({Origin::valid, GF_OP_gfOpen, GF_FRAME_SYNC, {}, {}});
  gf_cuDevicePrimaryCtxRetain_args retain{};
  retain.context = kContext;
  frames.push_back(frame(GF_OP_cuDevicePrimaryCtxRetain, retain, true));
  gf_gfSetCurrent_args current{};
  current.context = kContext;
  frames.push_back(frame(GF_OP_gfSetCurrent, current));
  gf_cuModuleLoadDataEx_args load{};
  load.module = kModule;
  load.image = {kImageOffset, sizeof kPtx};
  frames.push_back(frame(GF_OP_cuModuleLoadDataEx, load, true));
  gf_cuModuleGetFunction_args get{};
  get.function = kFunction;
  get.module = kModule;
  get.name_bytes = sizeof "touch";
  MadeFrame function = frame(GF_OP_cuModuleGetFunction, get, true);
  append(function, "touch", sizeof "touch");
  frames.push_back(function);
  gf_cuStreamCreate_args stream{};
  stream.phStream = kStream;
  frames.push_back(frame(GF_OP_cuStreamCreate, stream));
  gf_cuEventCreate_args event{};
  event.phEvent = kEvent;
  frames.push_back(frame(GF_OP_cuEventCreate, event));
  gf_cuMemAlloc_v2_args memory{};
  memory.size_bytes = 1 << 20;
  frames.push_back(frame(GF_OP_cuMemAlloc_v2, memory, true));
  gf_cuMemHostAlloc_args pinned{};
  pinned.memory = {kPinnedOffset, kPinnedBytes};
  frames.push_back(frame(GF_OP_cuMemHostAlloc, pinned, true));
  return frames;
}

/// Numbers at which arithmetic goes wrong, addresses, offsets, and handles of every kind.
uint64_t FrameMaker::interesting() {
  switch (number(10)) {
  case 0:
    return number(4);
  case 1:
    return number(4096);
  case 2:
    return UINT64_MAX - number(64);
  case 3:
    return uint64_t{1} << number(64);
  case 4:
    return (uint64_t{1} << number(64)) - 1;
  case 5:
    return GF_HEAP_ADDRESS + number(kHeapBytes + 4096);
  case 6:
    return kPinnedOffset + number(kPinnedBytes);
  case 7:
    return handle(static_cast<uint32_t>(number(GF_KIND_COUNT + 1)));
  case 8:
    return live_[number(live_.size())];
  default:
    return random_();
  }
}

uint64_t FrameMaker::handle(uint32_t kind) {
  return gf_handle_make(kind, static_cast<uint32_t>(number(3)),
                        static_cast<uint32_t>(number(4) ? number(32) : random_()));
}

/// A call as our own shim would make it.
MadeFrame FrameMaker::valid() {
  const uint64_t pinned = GF_HEAP_ADDRESS + kPinnedOffset + number(kPinnedBytes / 2) / 8 * 8;
  switch (number(12)) {
  case 0: {
    gf_cuLaunchKernel_args launch{};
    launch.function = kFunction;
    launch.stream = number(2) ? kStream : number(3);
    for (int i = 0; i < 3; ++i)
      launch.grid[i] = launch.block[i] = 1;
    launch.param_bytes = 8;
    MadeFrame made = frame(GF_OP_cuLaunchKernel, launch);
    append(made, &pinned, sizeof pinned);
    made.gentle_words = {0, 1, 7}; // not the shape: a large one takes its time, as it should
    return made;
  }
  case 1: {
    gf_gfCopyInline_args copy{};
    copy.dst = pinned;
    copy.size_bytes = 64;
    copy.stream = kStream;
    copy.is_async = static_cast<uint32_t>(number(2));
    MadeFrame made = frame(GF_OP_gfCopyInline, copy);
    made.body.resize(made.body.size() + copy.size_bytes);
    made.gentle_words = {0, 2, 3, 5};
    return made;
  }
  case 2: {
    gf_gfCopyIn_args copy{};
    copy.dst = pinned;
    copy.memory = {kImageOffset + number(4096), number(8192)};
    copy.stream = kStream;
    copy.done_offset_bytes = 8 * number(64);
    copy.is_async = static_cast<uint32_t>(number(2));
    return with_gentle_words(frame(GF_OP_gfCopyIn, copy, number(4) == 0), {0, 3, 5});
  }
  case 3: {
    gf_gfCopyOut_args copy{};
    copy.src = pinned;
    copy.memory = {kPinnedOffset / 2 + number(4096), number(8192)};
    copy.stream = number(2) ? kStream : 0;
    copy.done_offset_bytes = 8 * number(64);
    copy.is_async = static_cast<uint32_t>(number(2));
    copy.is_pinned = static_cast<uint32_t>(number(2));
    return with_gentle_words(frame(GF_OP_gfCopyOut, copy, number(4) == 0), {0, 3, 5});
  }
  case 4: {
    gf_cuEventRecord_args record{};
    record.hEvent = kEvent;
    record.hStream = kStream;
    return with_gentle_words(frame(GF_OP_cuEventRecord, record), {0, 1});
  }
  case 5: {
    gf_cuStreamSynchronize_args wait{};
    wait.stream = kStream;
    return with_gentle_words(frame(GF_OP_cuStreamSynchronize, wait, true), {0});
  }
  case 6: {
    gf_cuEventCreate_args create{};
    create.phEvent = fresh(GF_KIND_EVENT);
    if (live_.size() < 4096)
      live_.push_back(create.phEvent);
    return frame(GF_OP_cuEventCreate, create);
  }
  case 7: {
    gf_cuEventDestroy_v2_args destroy{};
    destroy.hEvent = live_.size() > 5 ? live_[5 + number(live_.size() - 5)] : kEvent + 1;
    return with_gentle_words(frame(GF_OP_cuEventDestroy_v2, destroy), {0});
  }
  case 8: {
    gf_cuMemsetD8Async_args set{};
    set.dstDevice = pinned;
    set.N = number(4096);
    set.hStream = kStream;
    return with_gentle_words(frame(GF_OP_cuMemsetD8Async, set), {0, 1, 2, 3});
  }
  case 9: {
    gf_cuLaunchHostFunc_args call{};
    call.stream = kStream;
    call.callback_id = number(4);
    return with_gentle_words(frame(GF_OP_cuLaunchHostFunc, call), {0, 1});
  }
  case 10: {
    gf_gfCopy3D_args copy{};
    CUDA_MEMCPY3D shape{};
    shape.srcMemoryType = CU_MEMORYTYPE_HOST;
    shape.dstMemoryType = CU_MEMORYTYPE_DEVICE;
    shape.dstDevice = pinned;
    shape.WidthInBytes = number(256);
    shape.Height = number(8);
    shape.Depth = number(4);
    shape.srcPitch = shape.dstPitch = 256;
    shape.srcHeight = shape.dstHeight = 8;
    std::memcpy(copy.copy, &shape, sizeof shape);
    copy.src_memory = {kPinnedOffset / 2, 65536};
    copy.stream = kStream;
    copy.is_async = static_cast<uint32_t>(number(2));
    return frame(GF_OP_gfCopy3D, copy);
  }
  default: {
    gf_cuMemAlloc_v2_args memory{};
    memory.size_bytes = number(1 << 16);
    return with_gentle_words(frame(GF_OP_cuMemAlloc_v2, memory, true), {0});
  }
  }
}

/// A valid call with wrong handles, addresses and shapes.
MadeFrame FrameMaker::gentle() {
  MadeFrame made = valid();
  made.origin = Origin::gentle;
  for (const unsigned word : made.gentle_words) {
    uint64_t value = interesting();
    if (number(2) == 0) // two 32-bit fields
      value = (interesting() & UINT32_MAX) | interesting() << 32;
    if (number(2))
      std::memcpy(made.body.data() + 8 * word, &value, sizeof value);
  }
  return made;
}

/// A valid call with any of its words, its length or its flags changed.
MadeFrame FrameMaker::wild() {
  MadeFrame made = valid();
  made.origin = Origin::wild;
  for (uint64_t changes = 1 + number(3); changes > 0; --changes) {
    if (made.body.empty())
      break;
    switch (number(16)) {
    case 0:
      made.body[number(made.body.size())] ^= std::byte(1u << number(8));
      break;
    case 1:
      if (number(64) == 0)
        made.body.resize(number(made.body.size()) / 8 * 8);
      break;
    case 2:
      made.body.resize(made.body.size() + 8 * number(32));
      break;
    case 3:
      made.flags = static_cast<uint16_t>(number(8));
      break;
    default: {
      const uint64_t word = interesting();
      std::memcpy(made.body.data() + number(made.body.size() / 8) * 8, &word, sizeof word);
    }
    }
  }
  return made;
}

/// Any opcode, with arguments of the right size mostly.
MadeFrame FrameMaker::from_nothing() {
  MadeFrame made;
  made.origin = Origin::nothing;
  made.opcode = static_cast<uint16_t>(number(GF_OPCODE_COUNT));
  if (number(4096) == 0)
    made.opcode = static_cast<uint16_t>(random_());
  made.flags = static_cast<uint16_t>(number(4));
  size_t bytes = made.opcode < GF_OPCODE_COUNT ? cuda::handlers()[made.opcode].args_bytes : 0;
  bytes += number(8) == 0 ? 8 * number(64) : 0;
  if (number(512) == 0)
    bytes = 8 * number(GF_FRAME_MAX_BYTES / 8 - 8);
  made.body.resize(GF_ALIGN8(bytes));
  for (size_t at = 0; at < made.body.size(); at += 8) {
    uint64_t word = interesting();
    if (number(2) == 0) // two 32-bit fields
      word = (interesting() & UINT32_MAX) | interesting() << 32;
    std::memcpy(made.body.data() + at, &word, sizeof word);
  }
  return made;
}

void FrameMaker::ended_a_session(const MadeFrame &frame) {
  known_[{frame.opcode, frame.origin}] = Known::ends_sessions;
}

/// Sorts of frames that are new or have ended a session wait until the session has seen enough.
bool FrameMaker::is_in_season(const MadeFrame &frame) {
  constexpr uint64_t kCalm = 4000;
  if (frame.origin == Origin::valid || frame.origin == Origin::gentle)
    return true;
  Known &known = known_[{frame.opcode, frame.origin}];
  if (made_in_session_ < kCalm && known != Known::harmless)
    return false;
  if (known == Known::no)
    known = Known::harmless;
  return true;
}

MadeFrame FrameMaker::next() {
  for (;;) {
    const uint64_t kind = number(10);
    MadeFrame made = kind < 2 ? valid() : kind < 5 ? gentle() : kind < 7 ? wild() : from_nothing();
    if (!is_in_season(made))
      continue;
    ++made_in_session_;
    return made;
  }
}

} // namespace gpuferry::executor::fuzz
