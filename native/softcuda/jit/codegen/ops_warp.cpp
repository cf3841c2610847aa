// Where threads meet: barriers, shuffles, votes. Each leaves its request in the thread's lane of the slots and suspends.
#include "codegen/emitter.h"

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Type;

constexpr uint32_t kAllLanes = 0xffffffff;

Value *argument(Emitter &e, unsigned index, Value *value) {
  e.store_slot(offsetof(WarpSlots, argument) + index * sizeof(WarpSlots::argument[0]),
               e.b.CreateZExtOrTrunc(value, e.b.getInt64Ty()));
  return value;
}

Value *result(Emitter &e, unsigned index, llvm::Type *type) {
  Value *wide = e.load_slot(offsetof(WarpSlots, result) + index * sizeof(WarpSlots::result[0]),
                            e.b.getInt64Ty());
  return e.b.CreateTrunc(wide, type);
}

Value *result_predicate(Emitter &e, unsigned index) { return result(e, index, e.b.getInt1Ty()); }

void require_suspension(Emitter &e, Op &op) {
  if (!e.may_suspend())
    op.fail("threads cannot meet in a function that is called through a pointer or recursively");
}

Value *mask_operand(Emitter &e, Op &op, bool sync, size_t index) {
  return sync ? e.read(op.operand(index), Type::B32)
              : static_cast<Value *>(e.b.getInt32(kAllLanes));
}

void block_barrier(Emitter &e, Op &op) {
  bool arrive = op.take("arrive"), reduce = op.take("red");
  std::string_view how = op.take_any({"popc", "and", "or"});
  size_t first = reduce ? 1 : 0, count = op.operand_count() - first - (reduce ? 1 : 0);
  const ptx::Operand &barrier = op.operand(first);
  if (!arrive && !reduce && count == 1 && barrier.kind == ptx::Operand::Kind::Integer &&
      barrier.bits == 0)
    return e.suspend(Wait::BlockBarrier);
  Value *key = e.read(barrier, Type::U32);
  if (arrive)
    key = e.b.CreateOr(key, kBarrierArrive);
  Value *threads = count > 1 ? e.read(op.operand(first + 1), Type::U32) : e.b.getInt32(0);
  argument(e, 0, threads);
  if (!reduce)
    return e.suspend(Wait::Barrier, nullptr, key);
  argument(e, 1, e.read_predicate(op.operand(op.operand_count() - 1)));
  argument(e, 2, e.b.getInt64(how == "popc" ? 0 : how == "and" ? 1 : 2));
  e.suspend(Wait::BarrierRed, nullptr, key);
  if (how == "popc")
    e.write(op.operand(0), result(e, 0, e.b.getInt32Ty()), Type::U32);
  else
    e.write_predicate(op.operand(0), result_predicate(e, 0));
}

void bar(Emitter &e, Op &op) {
  require_suspension(e, op);
  bool warp = op.take("warp"), cluster = op.take("cluster");
  op.take("sync");
  op.take("aligned");
  op.take("cta");
  if (warp)
    return e.suspend(Wait::WarpSync, e.read(op.operand(0), Type::B32), e.b.getInt32(0));
  if (cluster) { // arriving is free: who waits arrives
    op.take("release");
    op.take("relaxed");
    op.take("acquire");
    bool wait = op.take("wait");
    op.take("arrive");
    if (!wait)
      return;
    argument(e, 0, e.b.getInt64(0));
    return e.suspend(Wait::Barrier, nullptr, e.b.getInt32(kClusterBarrier));
  }
  block_barrier(e, op);
}

void shfl(Emitter &e, Op &op) { // shfl{.sync}.mode.b32 d{|p}, a, b, c{, mask}
  require_suspension(e, op);
  bool sync = op.take("sync");
  std::string_view mode = op.take_any({"up", "down", "bfly", "idx"});
  ShuffleMode kind = mode == "up"     ? ShuffleMode::Up
                     : mode == "down" ? ShuffleMode::Down
                     : mode == "bfly" ? ShuffleMode::Butterfly
                                      : ShuffleMode::Index;
  size_t first = op.instruction.has_pair ? 2 : 1;
  argument(e, 0, e.read(op.operand(first), Type::B32));
  Value *b = e.read(op.operand(first + 1), Type::B32),
        *c = e.read(op.operand(first + 2), Type::B32);
  e.suspend(Wait::Shuffle, mask_operand(e, op, sync, first + 3),
            e.b.getInt32(static_cast<uint32_t>(kind)), b, c);
  e.write(op.operand(0), result(e, 0, e.b.getInt32Ty()), Type::B32);
  if (op.instruction.has_pair)
    e.write_predicate(op.operand(1), result_predicate(e, 1));
}

void vote(Emitter &e, Op &op) {
  require_suspension(e, op);
  bool sync = op.take("sync");
  std::string_view mode = op.take_any({"all", "any", "uni", "ballot"});
  VoteMode kind = mode == "all"   ? VoteMode::All
                  : mode == "any" ? VoteMode::Any
                  : mode == "uni" ? VoteMode::Uniform
                                  : VoteMode::Ballot;
  argument(e, 0, e.read_predicate(op.operand(1)));
  e.suspend(Wait::Vote, mask_operand(e, op, sync, 2), e.b.getInt32(static_cast<uint32_t>(kind)));
  if (kind == VoteMode::Ballot)
    e.write(op.operand(0), result(e, 0, e.b.getInt32Ty()), Type::B32);
  else
    e.write_predicate(op.operand(0), result_predicate(e, 0));
}

void match(Emitter &e, Op &op) {
  require_suspension(e, op);
  op.take("sync");
  bool all = op.take("all");
  op.take("any");
  size_t first = op.instruction.has_pair ? 2 : 1;
  Value *value = e.read(op.operand(first), op.type());
  argument(e, 0, value);
  e.suspend(Wait::Match, e.read(op.operand(first + 1), Type::B32), e.b.getInt32(all));
  e.write(op.operand(0), result(e, 0, e.b.getInt32Ty()), Type::B32);
  if (op.instruction.has_pair)
    e.write_predicate(op.operand(1), result_predicate(e, 1));
}

void activemask(Emitter &e, Op &op) {
  require_suspension(e, op);
  e.suspend(Wait::ActiveMask, nullptr, e.b.getInt32(e.next_site()));
  e.write(op.operand(0), result(e, 0, e.b.getInt32Ty()), Type::B32);
}

void redux(Emitter &e, Op &op) {
  require_suspension(e, op);
  op.take("sync");
  std::string_view name = op.take_any({"add", "min", "max", "and", "or", "xor"});
  bool nan = op.take("NaN"), magnitude = op.take("abs");
  Type type = op.type();
  bool sign = ptx::is_signed(type), real = type == Type::F32;
  ReduceOp kind = name == "add"   ? ReduceOp::Add
                  : name == "min" ? (real   ? (nan ? ReduceOp::MinFNan : ReduceOp::MinF)
                                     : sign ? ReduceOp::MinS
                                            : ReduceOp::MinU)
                  : name == "max" ? (real   ? (nan ? ReduceOp::MaxFNan : ReduceOp::MaxF)
                                     : sign ? ReduceOp::MaxS
                                            : ReduceOp::MaxU)
                  : name == "and" ? ReduceOp::And
                  : name == "or"  ? ReduceOp::Or
                                  : ReduceOp::Xor;
  Value *value = e.read(op.operand(1), Type::B32);
  if (magnitude)
    value = e.b.CreateAnd(value, 0x7fffffff);
  argument(e, 0, value);
  e.suspend(Wait::Reduce, e.read(op.operand(2), Type::B32),
            e.b.getInt32(static_cast<uint32_t>(kind)));
  e.write(op.operand(0), result(e, 0, e.b.getInt32Ty()), Type::B32);
}

void elect(Emitter &e, Op &op) { // elect.sync d|p, mask
  require_suspension(e, op);
  op.take("sync");
  size_t mask = op.instruction.has_pair ? 2 : 1;
  e.suspend(Wait::Elect, e.read(op.operand(mask), Type::B32), e.b.getInt32(0));
  e.write(op.operand(0), result(e, 0, e.b.getInt32Ty()), Type::B32);
  if (op.instruction.has_pair)
    e.write_predicate(op.operand(1), result_predicate(e, 1));
}

} // namespace

void add_warp_handlers(HandlerTable &table) {
  table["bar"] = bar;
  table["barrier"] = bar;
  table["shfl"] = shfl;
  table["vote"] = vote;
  table["match"] = match;
  table["activemask"] = activemask;
  table["redux"] = redux;
  table["elect"] = elect;
}

} // namespace softcuda::jit
