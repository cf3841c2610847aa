#include "codegen/emitter.h"

namespace softcuda::jit {
namespace {

/// .x, .y, .z of a Dim3-like field; -1 for anything else (.w reads as zero).
int axis(std::string_view name) {
  size_t dot = name.find('.');
  if (dot == std::string_view::npos || dot + 2 != name.size())
    return -1;
  char c = name[dot + 1];
  return c >= 'x' && c <= 'z' ? c - 'x' : -1;
}

} // namespace

llvm::Value *Emitter::special_register(std::string_view name) {
  std::string_view base = name.substr(0, name.find('.'));
  int i = axis(name);
  auto word = [&](size_t offset) { return context_field(offset, b.getInt32Ty()); };
  auto linear_tid = [&] {
    llvm::Value *row =
        b.CreateAdd(b.CreateMul(tid[2], word(offsetof(BlockContext, ntid) + 4)), tid[1]);
    return b.CreateAdd(b.CreateMul(row, word(offsetof(BlockContext, ntid))), tid[0]);
  };
  auto own_lane = [&] { return lane ? lane : b.CreateAnd(linear_tid(), 31); };
  if (i < 0 && base.size() < name.size())
    return b.getInt32(0); // .w
  if (base == "%tid")
    return tid[i];
  if (base == "%ntid")
    return word(offsetof(BlockContext, ntid) + 4 * i);
  if (base == "%ctaid")
    return word(offsetof(BlockContext, ctaid) + 4 * i);
  if (base == "%nctaid")
    return word(offsetof(BlockContext, nctaid) + 4 * i);
  if (base == "%laneid")
    return own_lane();
  if (base == "%warpid")
    return b.CreateLShr(linear_tid(), 5);
  if (base == "%nwarpid")
    return b.getInt32(48);
  if (base == "%smid")
    return word(offsetof(BlockContext, sm_id));
  if (base == "%nsmid")
    return b.getInt32(kMultiprocessors);
  if (base == "%gridid")
    return context_field(offsetof(BlockContext, grid_id), b.getInt64Ty());
  if (base == "%lanemask_eq")
    return b.CreateShl(b.getInt32(1), own_lane());
  if (base == "%lanemask_lt")
    return b.CreateSub(b.CreateShl(b.getInt32(1), own_lane()), b.getInt32(1));
  if (base == "%lanemask_le")
    return b.CreateSub(b.CreateShl(b.getInt32(2), own_lane()), b.getInt32(1));
  if (base == "%lanemask_gt")
    return b.CreateNeg(b.CreateShl(b.getInt32(2), own_lane()));
  if (base == "%lanemask_ge")
    return b.CreateNeg(b.CreateShl(b.getInt32(1), own_lane()));
  if (base == "%clock" || base == "%clock_hi" || base == "%clock64") {
    llvm::Value *now = b.CreateIntrinsic(llvm::Intrinsic::readcyclecounter, {}, {});
    if (base == "%clock64")
      return now;
    return b.CreateTrunc(base == "%clock" ? now : b.CreateLShr(now, 32), b.getInt32Ty());
  }
  if (base.starts_with("%globaltimer")) {
    llvm::Value *now = call_helper("rt_globaltimer_ns", b.getInt64Ty(), {}, false);
    if (base == "%globaltimer")
      return now;
    return b.CreateTrunc(base == "%globaltimer_lo" ? now : b.CreateLShr(now, 32), b.getInt32Ty());
  }
  if (base == "%dynamic_smem_size")
    return word(offsetof(BlockContext, dynamic_shared_bytes));
  if (base == "%total_smem_size" || base == "%aggr_smem_size")
    return word(offsetof(BlockContext, total_shared_bytes));
  if (base == "%reserved_smem_offset_begin" || base == "%reserved_smem_offset_0" ||
      base == "%reserved_smem_offset_1")
    return word(offsetof(BlockContext, reserved_shared_offset));
  if (base == "%reserved_smem_offset_end")
    return b.CreateAdd(word(offsetof(BlockContext, reserved_shared_offset)),
                       b.getInt32(kReservedSharedBytes));
  if (base == "%reserved_smem_offset_cap")
    return b.getInt32(kReservedSharedBytes);
  if (base.starts_with("%envreg")) {
    unsigned number = static_cast<unsigned>(std::atoi(std::string(base.substr(7)).c_str()));
    return number < 4 ? word(offsetof(BlockContext, envreg) + 4 * number)
                      : static_cast<llvm::Value *>(b.getInt32(0));
  }
  if (base == "%pm0" || base == "%pm1" || base == "%pm2" || base == "%pm3")
    return b.getInt32(0);
  if (base == "%current_graph_exec" ||
      base.ends_with("_64")) // no graph launches from the device; %pm0_64…
    return b.getInt64(0);
  if (base == "%clusterid")
    return word(offsetof(BlockContext, clusterid) + 4 * i);
  if (base == "%nclusterid")
    return word(offsetof(BlockContext, nclusterid) + 4 * i);
  if (base == "%cluster_ctaid")
    return word(offsetof(BlockContext, cluster_ctaid) + 4 * i);
  if (base == "%cluster_nctaid")
    return word(offsetof(BlockContext, cluster_nctaid) + 4 * i);
  if (base == "%cluster_ctarank")
    return word(offsetof(BlockContext, cluster_ctarank));
  if (base == "%cluster_nctarank")
    return word(offsetof(BlockContext, cluster_nctarank));
  if (base == "%is_explicit_cluster")
    return b.CreateICmpNE(word(offsetof(BlockContext, is_explicit_cluster)), b.getInt32(0));
  fail(current->line, "unknown register '" + std::string(name) + "'");
}

} // namespace softcuda::jit
