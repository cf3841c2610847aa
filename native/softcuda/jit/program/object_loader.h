// Puts a relocatable x86-64 ELF object, as LLVM emits it, into memory. LLVM has linkers for this, but a warm start
// must not load LLVM.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace softcuda::jit {

class LoadedObject {
public:
  /// Gives the address of an undefined symbol; null makes the load fail.
  using Resolver = std::function<void *(std::string_view)>;

  /// Null and `error` when the object is malformed, uses an unknown relocation or an unknown symbol.
  static std::unique_ptr<LoadedObject> load(std::string_view object, const Resolver &resolve,
                                            std::string &error);
  ~LoadedObject();

  void *symbol(std::string_view name) const;

private:
  LoadedObject() = default;
  std::byte *memory_ = nullptr;
  size_t size_bytes_ = 0;
  std::unordered_map<std::string, void *> symbols_;
};

} // namespace softcuda::jit
