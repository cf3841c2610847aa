// A context: streams, modules and limits over one device, and the error that poisons it.
#pragma once

#include "cuda_api.h"
#include "device.h"
#include "grid_host.h"
#include "object.h"
#include "queue.h"

#include <array>
#include <map>
#include <set>
#include <vector>

namespace softcuda {

class GreenContext;
class Stream;
class Module;

/// A point in a queue, reached when `queue` has done `ticket`. Without a queue: reached.
struct Record {
  std::shared_ptr<Queue> queue;
  uint64_t ticket = 0;
  bool done() const { return !queue || queue->completed() >= ticket; }
};

class Context : public Object<Context, Kind::Context> {
public:
  Context(Device &device, unsigned flags, bool primary);
  /// A green context's: with streams of its own, and `whole`'s for all else.
  Context(Context &whole, GreenContext &green);
  /// Waits for everything that was submitted, then frees what the context owns.
  ~Context();

  Device &device;
  const bool primary;
  const uint64_t id;
  unsigned flags;
  std::atomic<unsigned> users{0}; // of cuCtxAttach, beside who created it
  GridHost grid_host;             // what its kernels call
  std::array<size_t, CU_LIMIT_MAX> limits{};
  CUfunc_cache cache_config = CU_FUNC_CACHE_PREFER_NONE;
  CUsharedconfig shared_config = CU_SHARED_MEM_CONFIG_FOUR_BYTE_BANK_SIZE;

  // A kernel that faulted poisons its context: every later call gives the same error.
  // One that was reset under its green contexts poisons those.
  int sticky() const { return poison_->load(std::memory_order_acquire); }
  void poison(int cu_result);

  /// Who owns what is made while this context is current: itself, but for a green context.
  Context &root() { return whole_ ? *whole_ : *this; }
  GreenContext *green() const { return green_; }
  void flush_prints();

  Stream &legacy_stream() { return *legacy_; }
  Stream &thread_stream(); // this thread's default stream
  void add(Stream *stream);
  void remove(Stream *stream);
  std::shared_ptr<Queue> make_queue(bool urgent);
  /// All later work waits for `record`: that of streams there are, and of those to come.
  void gate(const Record &record);

  /// Submits behind what the default stream's rules put before it; returns the ticket in `stream`'s
  /// queue.
  uint64_t submit(Stream &stream, Op *op, Queue::Start start = Queue::Start::Now);
  /// Waits for everything submitted so far, in every stream; shows what kernels printed. The sticky
  /// error.
  CUresult synchronize();

  /// Where every stream stands that has work to do.
  std::vector<Record> outstanding();
  template <class Visit> void for_each_stream(Visit visit) {
    std::vector<Stream *> all{legacy_};
    {
      std::lock_guard lock(streams_mutex_);
      all.insert(all.end(), streams_.begin(), streams_.end());
    }
    for (Stream *stream : all)
      visit(*stream);
  }

  void add(Module *module);
  void remove(Module *module);

  // Peer access and what the runtime stores with a context.
  std::mutex mutex;
  std::set<Context *> peers; // under mutex
  struct Stored {
    void *value;
    void (*destructor)(CUcontext, void *key, void *value);
  };
  std::map<void *, Stored> storage; // under mutex

private:
  void order(Stream &stream);

  Context *const whole_ = nullptr;
  GreenContext *const green_ = nullptr;
  std::shared_ptr<std::atomic<int>> poison_ = std::make_shared<std::atomic<int>>(0);
  Stream *legacy_ = nullptr;
  std::mutex streams_mutex_;
  std::set<Stream *> streams_;
  std::atomic<unsigned> blocking_streams_{0}; // besides the legacy stream
  std::vector<Record> gates_;                 // under streams_mutex_: what new streams wait for
  std::vector<Record> orphans_;               // under streams_mutex_: of streams destroyed at work
  std::atomic<bool> has_orphans_{false};
  std::set<Module *> modules_; // under mutex
};

/// A thread's stack of current contexts; the last is current. Without a destructor, since the
/// runtime calls us from exit handlers, which run after thread-local objects have gone.
class ContextStack {
public:
  bool empty() const { return depth_ == 0; }
  Context *&back() { return contexts_[depth_ - 1]; }
  /// False where the stack is full.
  bool push(Context *context) {
    if (depth_ == kMost)
      return false;
    contexts_[depth_++] = context;
    return true;
  }
  void pop() { depth_--; }

private:
  static constexpr unsigned kMost = 128;
  Context *contexts_[kMost];
  unsigned depth_ = 0;
};

ContextStack &context_stack();

/// The context that calls on this thread use, if it can be used: CUDA_ERROR_INVALID_CONTEXT without
/// one, CUDA_ERROR_CONTEXT_IS_DESTROYED, or its sticky error.
CUresult current_context(Context **out);

/// Whether a handle may be made current: that of a live context, or of a primary context whether it
/// lives or not, since the runtime makes it current before it retains it.
bool may_be_current(CUcontext handle);

/// Whether a context of this id still lives (ids are never reused).
bool context_lives(uint64_t id);

} // namespace softcuda
