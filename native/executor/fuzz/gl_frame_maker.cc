#include "executor/fuzz/gl_frame_maker.h"

#include "executor/fuzz/executor_under_test.h"

#include "backends/gl/call.h"

#include <cstring>
#include <iterator>

namespace gpuferry::executor::fuzz {

namespace {

constexpr uint32_t kNames = 8;           // of each kind, 1…
constexpr uint64_t kPayloadBytes = 1024; // enough for what likely counts ask for
constexpr uint64_t kYoungSessionFrames = 20'000;
constexpr int kEglMajor = 0x3098, kEglMinor = 0x30FB, kEglProfile = 0x30FD;

template <class T> MadeFrame frame_of(uint16_t opcode, const T &args, bool sync = false) {
  MadeFrame frame;
  frame.opcode = opcode;
  frame.flags = sync ? GF_FRAME_SYNC : 0;
  frame.body.resize(sizeof args);
  std::memcpy(frame.body.data(), &args, sizeof args);
  return frame;
}

void append(MadeFrame &frame, const void *bytes, size_t count) {
  const auto *from = static_cast<const std::byte *>(bytes);
  frame.body.insert(frame.body.end(), from, from + count);
}

template <class T> void put(MadeFrame &frame, size_t at, T value) {
  std::memcpy(frame.body.data() + at, &value, sizeof value);
}

} // namespace

GlFrameMaker::GlFrameMaker(uint64_t seed)
    : seed_(seed), random_(seed), shapes_(gl::make_gl_shapes()) {
  for (uint16_t i = 0; i < GF_GL_OPCODE_COUNT; ++i)
    if (gl::gl_handlers()[i].handle)
      opcodes_.push_back(i);
}

std::vector<MadeFrame> GlFrameMaker::opening(unsigned index) {
  const uint32_t id = index + 1;
  std::vector<MadeFrame> frames;
  gf_gl_gfGlCreateContext_args context{};
  context.context = id;
  context.api = index == 2 ? GF_GL_API_ES2 : GF_GL_API_GL;
  const int32_t wanted[][2] = {{kEglMajor, index == 2   ? 3
                                           : index == 1 ? 4
                                                        : 2},
                               {kEglMinor, index == 1 ? 5 : 0},
                               {kEglProfile, 1}};
  context.attribute_count = index == 1 ? 3 : 2;
  MadeFrame create = frame_of(GF_GL_OP_gfGlCreateContext, context, true);
  append(create, wanted, context.attribute_count * sizeof wanted[0]);
  frames.push_back(create);
  gf_gl_gfGlCreateDrawable_args drawable{};
  drawable.drawable = id;
  drawable.flags = GF_GL_DRAWABLE_DOUBLE_BUFFER;
  drawable.width = drawable.height = 64;
  drawable.red = drawable.green = drawable.blue = drawable.alpha = drawable.stencil = 8;
  drawable.depth = 24;
  frames.push_back(frame_of(GF_GL_OP_gfGlCreateDrawable, drawable));
  frames.push_back(
      frame_of(GF_GL_OP_gfGlMakeCurrent, gf_gl_gfGlMakeCurrent_args{id, id, id, 0}, true));
  uint32_t names[kNames];
  for (uint32_t i = 0; i < kNames; ++i)
    names[i] = i + 1;
  for (const uint16_t gen : {GF_GL_OP_glGenTextures, GF_GL_OP_glGenBuffers, GF_GL_OP_glGenQueries,
                             GF_GL_OP_glGenFramebuffers, GF_GL_OP_glGenRenderbuffers,
                             GF_GL_OP_glGenVertexArrays, GF_GL_OP_glGenSamplers}) {
    gf_gl_glGenTextures_args args{};
    args.n = kNames;
    args.textures = {sizeof names, GF_GL_PAYLOAD_INLINE};
    MadeFrame frame = frame_of(gen, args);
    append(frame, names, sizeof names);
    frames.push_back(frame);
  }
  for (uint32_t i = 0; i < kNames; i += 2) {
    gf_gl_glCreateShader_args shader{};
    shader.type = i % 4 ? GL_FRAGMENT_SHADER : GL_VERTEX_SHADER;
    shader.result = i + 1;
    frames.push_back(frame_of(GF_GL_OP_glCreateShader, shader));
    gf_gl_glCreateProgram_args program{};
    program.result = i + 2;
    frames.push_back(frame_of(GF_GL_OP_glCreateProgram, program));
  }
  return frames;
}

uint64_t GlFrameMaker::integer(bool likely) {
  if (likely)
    return number(9);
  static constexpr uint64_t kInteresting[] = {0,
                                              1,
                                              2,
                                              3,
                                              16,
                                              64,
                                              255,
                                              256,
                                              1023,
                                              4096,
                                              0x7fffffff,
                                              0x80000000,
                                              0xffffffff,
                                              0xfffffffe,
                                              0x7fffffffffffffff,
                                              0x8000000000000000,
                                              UINT64_MAX,
                                              UINT64_MAX - 7,
                                              1ull << 40};
  return number(3) == 0 ? random_() : kInteresting[number(std::size(kInteresting))];
}

double GlFrameMaker::real(bool likely) {
  if (likely)
    return static_cast<double>(number(9)) / 4 - 1;
  static constexpr double kInteresting[] = {
      0, -0.0, 1, 1e30, -1e30, 1e-40, __builtin_inf(), __builtin_nan("")};
  return kInteresting[number(std::size(kInteresting))];
}

uint32_t GlFrameMaker::one_of(uint16_t group, bool likely) {
  const gl::GlGroup &values = gl::kGlGroups[group];
  return likely || number(2) ? gl::kGlGroupValues[values.first + number(values.count)]
                             : static_cast<uint32_t>(integer(false));
}

/// The fixed part describes the payload; its bytes follow in the tail.
void GlFrameMaker::fill_payload(MadeFrame &frame, const gl::GlField &field, size_t at,
                                bool likely) {
  gf_gl_payload payload{kPayloadBytes, GF_GL_PAYLOAD_INLINE};
  if (!likely && number(4) == 0)
    payload = number(2) ? gf_gl_payload{GF_GL_PAYLOAD_NULL, GF_GL_PAYLOAD_INLINE}
                        : gf_gl_payload{kPayloadBytes, number(ExecutorUnderTest::kHeapBytes)};
  put(frame, at, payload);
  if (payload.bytes == GF_GL_PAYLOAD_NULL || payload.heap_offset != GF_GL_PAYLOAD_INLINE)
    return;
  uint32_t words[kPayloadBytes / sizeof(uint32_t)] = {};
  const uint64_t contents = number(4);
  for (uint32_t &word : words) {
    if (field.of != 0)
      word = static_cast<uint32_t>(number(kNames + 2));
    else if (contents == 1)
      word = static_cast<uint32_t>(integer(likely));
    else if (contents == 2) {
      const auto value = static_cast<float>(real(likely));
      std::memcpy(&word, &value, sizeof word);
    } else if (contents == 3 && !likely)
      word = static_cast<uint32_t>(random_());
  }
  words[std::size(words) - 1] = 0; // what is a text has an end
  append(frame, words, sizeof words);
}

void GlFrameMaker::fill(MadeFrame &frame, const gl::GlField &field, bool likely) {
  for (unsigned i = 0; i < field.elements; ++i) {
    const size_t at = field.offset_bytes + size_t{i} * field.element_bytes;
    switch (field.sort) {
    case gl::GlField::payload:
      fill_payload(frame, field, at, likely);
      continue;
    case gl::GlField::range:
      put(frame, at, gf_heap_range{GF_ALIGN8(number(1 << 20)), likely ? 1u << 20 : integer(false)});
      continue;
    case gl::GlField::real:
      if (field.element_bytes == sizeof(double))
        put(frame, at, real(likely));
      else
        put(frame, at, static_cast<float>(real(likely)));
      continue;
    default:
      break;
    }
    const uint64_t value = field.sort == gl::GlField::oneOf  ? one_of(field.of, likely)
                           : field.sort == gl::GlField::name ? number(kNames + 2)
                                                             : integer(likely);
    std::memcpy(frame.body.data() + at, &value, std::min<size_t>(field.element_bytes, 8));
  }
}

MadeFrame GlFrameMaker::well_formed(uint16_t opcode, bool likely) {
  const gl::GlShape &shape = shapes_[opcode];
  MadeFrame frame;
  frame.origin = likely ? Origin::valid : Origin::gentle;
  frame.opcode = opcode;
  frame.flags = shape.sync ? GF_FRAME_SYNC : 0;
  frame.body.resize(gl::gl_handlers()[opcode].args_bytes);
  // Of the calls that are ours nobody has described the structure: small numbers.
  if (shape.field_count == 0)
    for (size_t at = 0; at + 4 <= frame.body.size(); at += 4)
      put(frame, at, static_cast<uint32_t>(integer(likely)));
  // A few unlikely arguments among likely ones reach farther than all at once.
  for (unsigned i = 0; i < shape.field_count; ++i)
    fill(frame, gl::kGlFields[shape.first_field + i], likely || number(3) != 0);
  return frame;
}

MadeFrame GlFrameMaker::mutated() {
  MadeFrame frame = well_formed(opcode(), number(2) != 0);
  frame.origin = Origin::wild;
  for (uint64_t changes = 1 + number(4); changes > 0 && !frame.body.empty(); --changes) {
    const size_t at = number(frame.body.size());
    switch (number(4)) {
    case 0:
      frame.body[at] = static_cast<std::byte>(random_());
      break;
    case 1:
      if (const size_t word = at & ~size_t{7}; word + 8 <= frame.body.size())
        put(frame, word, integer(false));
      break;
    case 2:
      frame.body.resize(at);
      break;
    default:
      frame.flags = static_cast<uint16_t>(number(8)) & ~GF_FRAME_POINT;
    }
  }
  return frame;
}

MadeFrame GlFrameMaker::from_nothing() {
  MadeFrame frame;
  frame.origin = Origin::nothing;
  frame.opcode = static_cast<uint16_t>(random_());
  frame.body.resize(number(512));
  for (std::byte &byte : frame.body)
    byte = static_cast<std::byte>(random_());
  return frame;
}

uint16_t GlFrameMaker::opcode() { return opcodes_[number(opcodes_.size())]; }

/// Unlikely arguments of a command that takes arrays mostly ask for more than came, and so end a session,
/// each command's once: a campaign tries a third of them.
bool GlFrameMaker::is_left_out(const MadeFrame &frame) const {
  if (frame.origin != Origin::gentle)
    return false;
  const gl::GlShape &shape = shapes_[frame.opcode];
  for (unsigned i = 0; i < shape.field_count; ++i)
    if (gl::kGlFields[shape.first_field + i].sort == gl::GlField::payload)
      return (frame.opcode + seed_) % 3 != 0;
  return false;
}

MadeFrame GlFrameMaker::next() {
  ++made_in_session_;
  for (;;) {
    const uint64_t dice = number(1000);
    MadeFrame frame = dice < 700   ? well_formed(opcode(), true)
                      : dice < 960 ? well_formed(opcode(), false)
                      : dice < 999 ? mutated()
                                   : from_nothing();
    if (is_left_out(frame))
      continue;
    const auto known = known_.find({frame.opcode, frame.origin});
    if (frame.origin == Origin::nothing || frame.origin == Origin::wild) {
      // These end sessions: rarely before one has seen something.
      if (made_in_session_ < kYoungSessionFrames && number(2000) != 0)
        continue;
      if (known != known_.end() && known->second == Known::harms_drivers)
        continue;
      return frame;
    }
    if (known == known_.end() || (known->second == Known::ends_sessions &&
                                  made_in_session_ > kYoungSessionFrames && number(100) == 0))
      return frame;
  }
}

void GlFrameMaker::ended_a_session(const MadeFrame &frame, bool for_good) {
  const Sort sort{frame.opcode, frame.origin};
  if (for_good)
    known_[sort] = Known::harms_drivers;
  else
    known_.emplace(sort, Known::ends_sessions);
}

} // namespace gpuferry::executor::fuzz
