// Texture and surface references: the named variables of modules by which kernels had textures before there were
// texture objects. What a reference is bound to counts at the time of the launch.
#pragma once

#include "object.h"
#include "texture.h"

#include <vector>

namespace softcuda {

class TexRef : public Object<TexRef, Kind::TexRef> {
public:
  /// `variable`: where kernels of its module read the texture's number; 0 for one that cuTexRefCreate made.
  explicit TexRef(uint64_t variable) : variable(variable) {}
  ~TexRef();

  const uint64_t variable;
  bool is_bound = false;
  CUDA_RESOURCE_DESC resource{};
  CUDA_TEXTURE_DESC texture{};
  CUarray_format format = CU_AD_FORMAT_FLOAT; // of linear memory; arrays bring their own
  unsigned channels = 1;

  /// After a change: the next launch makes another image.
  void changed();
  /// The number that kernels launched now are to read; 0 where nothing is bound.
  uint64_t number();

private:
  uint64_t number_ = 0;
  bool is_stale_ = true;
};

class SurfRef : public Object<SurfRef, Kind::SurfRef> {
public:
  explicit SurfRef(uint64_t variable) : variable(variable) {}
  ~SurfRef();

  const uint64_t variable;
  CUarray array = nullptr;
  uint64_t number = 0; // its image's

  CUresult bind(CUarray handle);
};

/// What a launch writes into a module's reference variables before its kernel runs.
struct Binding {
  uint64_t variable, number;
};

} // namespace softcuda
