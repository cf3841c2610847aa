#include "executor/fuzz/gl_bystander.h"

#include "executor/fuzz/executor_under_test.h"
#include "gl_wire.h"

#include <cstring>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gpuferry::executor::fuzz {

namespace {

constexpr uint32_t kSide = 16;
constexpr uint64_t kPixelsOffset = 4096, kDoneOffset = 0;
constexpr int kPatienceMs = 20'000; // the machine is busy with the campaign

template <class T>
void send(ring::testing::GuestLane &lane, uint16_t opcode, const T &args, uint16_t flags = 0) {
  const auto *bytes = reinterpret_cast<const std::byte *>(&args);
  lane.send_with_ticket(opcode, {bytes, bytes + sizeof args}, flags, 0);
}

class Drawing {
public:
  explicit Drawing(const std::string &path);
  bool draws();

private:
  ExecutorUnderTest executor_;
  ring::testing::GuestLane lane_;
  uint32_t turn_ = 0;
};

Drawing::Drawing(const std::string &path)
    : executor_(path), lane_(executor_.memory(), 0, GF_LANE_KIND_GL) {
  lane_.announce();
  gf_gl_gfGlCreateContext_args context{};
  context.context = 1;
  context.api = GF_GL_API_GL;
  send(lane_, GF_GL_OP_gfGlCreateContext, context, GF_FRAME_SYNC);
  gf_gl_gfGlCreateDrawable_args drawable{};
  drawable.drawable = 1;
  drawable.width = drawable.height = kSide;
  drawable.red = drawable.green = drawable.blue = drawable.alpha = 8;
  send(lane_, GF_GL_OP_gfGlCreateDrawable, drawable);
  send(lane_, GF_GL_OP_gfGlMakeCurrent, gf_gl_gfGlMakeCurrent_args{1, 1, 1, 0}, GF_FRAME_SYNC);
  if (!lane_.await(kPatienceMs))
    throw std::runtime_error("the bystander's context did not come to be");
}

bool Drawing::draws() {
  ++turn_;
  const uint8_t red = static_cast<uint8_t>(turn_ * 37), green = static_cast<uint8_t>(turn_ * 101);
  send(lane_, GF_GL_OP_glClearColor,
       gf_gl_glClearColor_args{static_cast<float>(red) / 255, static_cast<float>(green) / 255, 0,
                               1});
  send(lane_, GF_GL_OP_glClear, gf_gl_glClear_args{GL_COLOR_BUFFER_BIT});
  gf_gl_gfGlPresent_args present{};
  present.drawable = 1;
  present.flags = GF_GL_PRESENT_FRONT;
  present.width = present.height = kSide;
  present.row_bytes = kSide * 4;
  present.pixels_bytes = kSide * kSide * 4;
  present.pixels_offset = kPixelsOffset;
  present.done_offset = kDoneOffset;
  present.done_value = turn_;
  send(lane_, GF_GL_OP_gfGlPresent, present, GF_FRAME_SYNC);
  if (!lane_.await(kPatienceMs) || !executor_.look().running)
    return false;
  const std::byte *heap = executor_.memory().view.heap(0, 1)->data();
  uint8_t bgra[4];
  for (uint32_t pixel = 0; pixel < kSide * kSide; ++pixel) {
    std::memcpy(bgra, heap + kPixelsOffset + pixel * 4, sizeof bgra);
    if (bgra[2] != red || bgra[1] != green || bgra[0] != 0)
      return false;
  }
  return true;
}

/// A byte asks for a picture, a byte says whether it was right.
[[noreturn]] void serve(int socket, const std::string &path) {
  try {
    Drawing drawing(path);
    for (char asked; read(socket, &asked, 1) == 1;) {
      const char right = drawing.draws();
      if (write(socket, &right, 1) != 1)
        break;
    }
  } catch (const std::exception &) {
    // The socket closes: whoever asks gets no answer.
  }
  _exit(0);
}

} // namespace

GlBystander::GlBystander(const std::string &path) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    throw std::runtime_error("socketpair");
  pid_ = fork();
  if (pid_ == 0) {
    close(pair[0]);
    serve(pair[1], path);
  }
  close(pair[1]);
  socket_ = pair[0];
}

GlBystander::~GlBystander() {
  close(socket_); // it leaves, and its executor with it
  waitpid(pid_, nullptr, 0);
}

bool GlBystander::draws() {
  char right = 0;
  return write(socket_, "?", 1) == 1 && read(socket_, &right, 1) == 1 && right != 0;
}

} // namespace gpuferry::executor::fuzz
