// Where kernels find the image that a number stands for.
#pragma once

#include "images.h"

namespace softcuda::jit {

/// What a kernel passes as texture or surface: an image's number, or the address of a `.texref` or `.surfref` variable
/// that holds one. Leaves the kernel where there is no such image.
const Image &find_image(ImageKind kind, uint64_t handle);

/// The kind of what `handle` names; for istypep.
ImageKind image_kind(uint64_t handle);

/// `.samplerref` variables of independent texturing mode hold their sampler itself, packed.
uint64_t pack_sampler(const Sampler &sampler);
bool is_packed_sampler(uint64_t handle);
/// `handle` as an instruction has it: a packed sampler or the address of one.
Sampler unpack_sampler(uint64_t handle);

} // namespace softcuda::jit
