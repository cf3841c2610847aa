// Host object files and archives of them, as linkers are given: what device code they hold.
#pragma once

#include "image.h"

namespace softcuda {

/// Adds the PTX of every fatbin in an ELF object, or in the members of an archive of such. Damaged input adds what was
/// read before the damage. CUDA_ERROR_NO_BINARY_FOR_GPU where there was nothing, with the reason in `log`.
CUresult read_objects(std::string_view file, std::vector<PtxText> &sources, std::string &log);

} // namespace softcuda
