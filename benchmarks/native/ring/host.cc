// The executor's side of the bare ring: the real issuer over a backend without a driver.
#include "executor/issuer.h"
#include "ring/region.h"

#include "cuda_wire.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <unistd.h>

namespace gpuferry::bench {

namespace {

struct NoState final : executor::LaneState {};

class NoDriver final : public executor::Backend {
public:
  explicit NoDriver(ring::Region &region) : region_(region) {}

  std::unique_ptr<executor::LaneState> open_lane(unsigned) override {
    return std::make_unique<NoState>();
  }
  void close_lane(executor::LaneState &) override {}
  void idle() override {}

  int issue(executor::LaneState &, wire::Frame &frame, wire::Reply &reply,
            executor::Turn &) override {
    switch (frame.header().opcode) {
    case GF_OP_cuCtxGetLimit:
      reply.add(sizeof(gf_cuCtxGetLimit_reply));
      break;
    case GF_OP_gfCopyIn:
      copy(frame.args<gf_gfCopyIn_args>(), true);
      break;
    case GF_OP_gfCopyOut:
      copy(frame.args<gf_gfCopyOut_args>(), false);
      break;
    }
    return 0;
  }

private:
  /// Between the heap and what stands for device memory, at the same offset in both.
  template <class Args> void copy(const Args *args, bool to_device) {
    if (!args)
      return;
    const auto range = region_.heap(args->memory.offset_bytes, args->memory.size_bytes);
    if (!range)
      return;
    std::byte *device = device_memory() + args->memory.offset_bytes;
    if (to_device)
      std::memcpy(device, range->data(), range->size());
    else
      std::memcpy(range->data(), device, range->size());
    if (args->done_offset_bytes == 0)
      return;
    // Pairs with the acquire load of the side that waits for this chunk.
    const auto done = region_.heap(args->done_offset_bytes, sizeof(uint32_t));
    gf_store_release(reinterpret_cast<uint32_t *>(done->data()), 1u);
  }

  std::byte *device_memory() {
    if (!device_)
      device_.reset(static_cast<std::byte *>(std::malloc(region_.heap_bytes())));
    return device_.get();
  }

  struct Free {
    void operator()(std::byte *p) const { std::free(p); }
  };
  ring::Region &region_;
  std::unique_ptr<std::byte, Free> device_;
};

class LoudEnd final : public executor::SessionEnd {
public:
  void end(executor::End, const std::string &detail) override {
    std::fprintf(stderr, "gpuferry-bench-ring: %s\n", detail.c_str());
    std::_Exit(1);
  }
};

} // namespace

} // namespace gpuferry::bench

extern "C" [[noreturn]] void bench_ring_host(int region_fd, uint64_t heap_bytes) {
  using namespace gpuferry;
  ring::Region region(region_fd, GF_HEAP_OFFSET_BYTES + heap_bytes, heap_bytes);
  bench::NoDriver driver(region);
  bench::LoudEnd end;
  executor::Issuer issuer(region, driver, end);
  issuer.start();
  for (;;)
    pause();
}
