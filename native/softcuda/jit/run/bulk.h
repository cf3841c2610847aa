// Copies of tensors between global and shared memory, and reductions of many elements at once.
#pragma once

#include <string_view>
#include <unordered_map>

namespace softcuda::jit {

enum class BulkReduction : unsigned { Add, Min, Max, Inc, Dec, And, Or, Xor };

void add_bulk_functions(std::unordered_map<std::string_view, void *> &table);

} // namespace softcuda::jit
