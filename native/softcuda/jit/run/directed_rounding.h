#pragma once

#include <string_view>
#include <unordered_map>

namespace softcuda::jit {

/// Adds ptx_{add,sub,mul,div,fma,sqrt}_{rz,rm,rp}_{f64,f32} as far as helpers/rounding.cpp lacks them.
void add_directed_rounding(std::unordered_map<std::string_view, void *> &table);

} // namespace softcuda::jit
