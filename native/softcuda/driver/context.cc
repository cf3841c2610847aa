#include "context.h"

#include "module.h"
#include "process.h"
#include "stream.h"

#include <algorithm>

namespace softcuda {

namespace {

constexpr size_t kRememberedQueues = 256;

struct Contexts {
  std::mutex mutex;
  std::set<uint64_t> living; // ids
  uint64_t next_id = 1;
};

Contexts &contexts() {
  static auto *instance = new Contexts; // never destroyed: threads outlive exit handlers
  return *instance;
}

uint64_t new_context_id() {
  std::lock_guard lock(contexts().mutex);
  contexts().living.insert(contexts().next_id);
  return contexts().next_id++;
}

// The default streams of one thread, one for each context, which go when the thread does. On the
// main thread that is before exit handlers run, from which the runtime still calls us: hence the
// pointer, which is null before and after.
struct ThreadStreams {
  struct Entry {
    uint64_t context_id;
    Context *context;
    Stream *stream;
  };
  std::vector<Entry> entries;
};
thread_local ThreadStreams *thread_streams = nullptr;

struct ThreadStreamsEnd {
  bool armed = false;
  ~ThreadStreamsEnd() {
    if (!thread_streams || Process::instance().forked())
      return;
    for (auto &entry : thread_streams->entries) {
      if (!context_lives(entry.context_id))
        continue;
      entry.context->remove(entry.stream);
      delete entry.stream;
    }
    delete thread_streams;
    thread_streams = nullptr;
  }
};
thread_local ThreadStreamsEnd thread_streams_end;

} // namespace

Context::Context(Device &device, unsigned flags, bool primary)
    : device(device), primary(primary), id(new_context_id()), flags(flags),
      grid_host(device.arena()) {
  limits[CU_LIMIT_STACK_SIZE] = 1024;
  limits[CU_LIMIT_PRINTF_FIFO_SIZE] = 1 << 20;
  limits[CU_LIMIT_MALLOC_HEAP_SIZE] = 8 << 20;
  limits[CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH] = 2;
  limits[CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT] = 2048;
  limits[CU_LIMIT_MAX_L2_FETCH_GRANULARITY] = 64;
  legacy_ = new Stream(*this, 0, 0);
}

Context::Context(Context &whole, GreenContext &green)
    : device(whole.device), primary(false), id(new_context_id()), flags(whole.flags),
      grid_host(device.arena()), limits(whole.limits), whole_(&whole), green_(&green),
      poison_(whole.poison_) {
  legacy_ = new Stream(*this, 0, 0);
}

Context::~Context() {
  synchronize();
  for (auto &[key, stored] : storage)
    if (stored.destructor)
      stored.destructor(reinterpret_cast<CUcontext>(this), key, stored.value);
  {
    std::lock_guard lock(contexts().mutex);
    contexts().living.erase(id);
  }
  forget_context(*this); // libraries' modules
  while (!modules_.empty())
    delete *modules_.begin();
  release_allocations(*this);
  for (Stream *stream : streams_)
    delete stream;
  delete legacy_;
  if (primary)
    poison(CUDA_ERROR_CONTEXT_IS_DESTROYED);
}

bool context_lives(uint64_t id) {
  std::lock_guard lock(contexts().mutex);
  return contexts().living.contains(id);
}

void Context::flush_prints() {
  if (!whole_ || Context::from(whole_)) // else it was reset under us
    root().grid_host.flush_prints();
}

void Context::poison(int cu_result) {
  int none = 0;
  poison_->compare_exchange_strong(none, cu_result, std::memory_order_acq_rel);
}

std::shared_ptr<Queue> Context::make_queue(bool urgent) {
  return std::make_shared<Queue>(poison_, urgent);
}

Stream &Context::thread_stream() {
  if (!thread_streams) {
    thread_streams = new ThreadStreams;
    thread_streams_end.armed = true;
  }
  for (auto &entry : thread_streams->entries)
    if (entry.context_id == id)
      return *entry.stream;
  auto *stream = new Stream(*this, 0, 0);
  add(stream);
  thread_streams->entries.push_back({id, this, stream});
  return *stream;
}

void Context::add(Stream *stream) {
  std::lock_guard lock(streams_mutex_);
  streams_.insert(stream);
  if (stream->blocking)
    blocking_streams_++;
  std::erase_if(gates_, [](const Record &record) { return record.done(); });
  for (const Record &record : gates_)
    wait_for(*stream, record);
}

void Context::gate(const Record &record) {
  if (record.done())
    return;
  {
    std::lock_guard lock(streams_mutex_);
    gates_.push_back(record);
  }
  for_each_stream([&](Stream &stream) { wait_for(stream, record); });
}

void Context::remove(Stream *stream) {
  std::lock_guard lock(streams_mutex_);
  if (streams_.erase(stream) && stream->blocking) {
    blocking_streams_--;
    if (!stream->queue
             ->idle()) // what runs in it still stands before the legacy stream's next operation
    {
      orphans_.push_back({stream->queue, stream->queue->submitted()});
      has_orphans_ = true;
    }
  }
}

// The legacy default stream waits for what the blocking streams were given before, and they for
// what it was given before. The tickets of others are read before our own operation is submitted,
// so that of two threads that do this at once at most one sees the other's, and no two operations
// wait for each other.
void Context::order(Stream &stream) {
  if (!stream.blocking)
    return;
  std::vector<Record> before;
  if (&stream == legacy_) {
    if (!blocking_streams_.load(std::memory_order_acquire) &&
        !has_orphans_.load(std::memory_order_acquire))
      return;
    std::lock_guard lock(streams_mutex_);
    for (Stream *other : streams_)
      if (other->blocking && !other->queue->idle())
        before.push_back({other->queue, other->queue->submitted()});
    before.insert(before.end(), orphans_.begin(), orphans_.end());
    orphans_.clear();
    has_orphans_ = false;
  } else if (!legacy_->queue->idle()) {
    before.push_back({legacy_->queue, legacy_->queue->submitted()});
  }
  for (Record &record : before) {
    std::lock_guard lock(stream.order_mutex);
    if (stream.waited.size() > kRememberedQueues)
      stream.waited.clear(); // costs waits that are over at once
    uint64_t &waited = stream.waited[record.queue->id()];
    if (waited >= record.ticket)
      continue;
    waited = record.ticket;
    stream.queue->submit(make_wait(record));
  }
}

uint64_t Context::submit(Stream &stream, Op *op, Queue::Start start) {
  order(stream);
  return stream.queue->submit(op, start);
}

std::vector<Record> Context::outstanding() {
  std::vector<Record> all;
  std::lock_guard lock(streams_mutex_);
  for (Stream *stream : streams_)
    if (!stream->queue->idle())
      all.push_back({stream->queue, stream->queue->submitted()});
  all.insert(all.end(), orphans_.begin(), orphans_.end());
  if (!legacy_->queue->idle())
    all.push_back({legacy_->queue, legacy_->queue->submitted()});
  return all;
}

CUresult Context::synchronize() {
  for (Record &record : outstanding())
    record.queue->wait(record.ticket);
  flush_prints();
  return static_cast<CUresult>(sticky());
}

void Context::add(Module *module) {
  std::lock_guard lock(mutex);
  modules_.insert(module);
}

void Context::remove(Module *module) {
  std::lock_guard lock(mutex);
  modules_.erase(module);
}

bool may_be_current(CUcontext handle) {
  if (Context::from(handle))
    return true;
  for (auto &device : Process::instance().devices())
    if (device->primary_handle() == handle)
      return true;
  return false;
}

ContextStack &context_stack() {
  static thread_local ContextStack stack;
  return stack;
}

CUresult current_context(Context **out) {
  auto &stack = context_stack();
  if (stack.empty() || !stack.back())
    return CUDA_ERROR_INVALID_CONTEXT;
  *out = Context::from(stack.back());
  if (!*out)
    return CUDA_ERROR_CONTEXT_IS_DESTROYED;
  return static_cast<CUresult>((*out)->sticky());
}

} // namespace softcuda
