#include "codegen/meetings.h"

#include "shuffle.h"

namespace softcuda::jit {
namespace {

using llvm::Value;

constexpr uint32_t kAllLanes = ~0u;

llvm::FixedVectorType *per_lane(llvm::Type *type) {
  return llvm::FixedVectorType::get(type, kWarpSize);
}

Value *field(llvm::IRBuilder<> &b, Value *slots, size_t offset) {
  return b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), slots, offset);
}

Value *argument(llvm::IRBuilder<> &b, Value *slots) {
  return b.CreateAlignedLoad(per_lane(b.getInt64Ty()),
                             field(b, slots, offsetof(WarpSlots, argument)),
                             llvm::Align(alignof(WarpSlots)));
}

void give(llvm::IRBuilder<> &b, Value *slots, unsigned index, Value *results) {
  const size_t offset = offsetof(WarpSlots, result) + index * sizeof(WarpSlots::result[0]);
  b.CreateAlignedStore(results, field(b, slots, offset), llvm::Align(alignof(WarpSlots)));
}

void shuffle(llvm::IRBuilder<> &b, Value *slots, const Site &site) {
  int from[kWarpSize];
  llvm::SmallVector<uint64_t, kWarpSize> in_range;
  for (uint32_t lane = 0; lane < kWarpSize; ++lane) {
    const ShuffleSource source =
        shuffle_source(lane, static_cast<ShuffleMode>(site.key), constant_shuffle_b(site.shuffle),
                       constant_shuffle_c(site.shuffle));
    from[lane] = static_cast<int>(source.lane);
    in_range.push_back(source.in_range);
  }
  give(b, slots, 0, b.CreateShuffleVector(argument(b, slots), from));
  give(b, slots, 1, llvm::ConstantDataVector::get(b.getContext(), in_range));
}

void vote(llvm::IRBuilder<> &b, Value *slots, VoteMode mode) {
  Value *votes = argument(b, slots);
  Value *yes = b.CreateICmpNE(votes, llvm::Constant::getNullValue(votes->getType()));
  Value *ballot = b.CreateBitCast(yes, b.getInt32Ty());
  Value *all = b.CreateICmpEQ(ballot, b.getInt32(kAllLanes));
  Value *none = b.CreateICmpEQ(ballot, b.getInt32(0));
  Value *result = mode == VoteMode::All       ? all
                  : mode == VoteMode::Any     ? b.CreateNot(none)
                  : mode == VoteMode::Uniform ? b.CreateOr(all, none)
                                              : ballot;
  give(b, slots, 0, b.CreateVectorSplat(kWarpSize, b.CreateZExt(result, b.getInt64Ty())));
}

} // namespace

bool is_held_in_step(const Site &site) {
  switch (site.wait) {
  case Wait::Yield:
    return true;
  case Wait::WarpSync:
  case Wait::Vote:
    return site.is_fixed && site.mask == kAllLanes;
  case Wait::Shuffle:
    return site.is_fixed && site.mask == kAllLanes && site.shuffle != 0;
  default:
    return false;
  }
}

void emit_meeting(llvm::IRBuilder<> &b, Value *slots, const Site &site) {
  if (site.wait == Wait::Shuffle)
    shuffle(b, slots, site);
  else if (site.wait == Wait::Vote)
    vote(b, slots, static_cast<VoteMode>(site.key));
}

} // namespace softcuda::jit
