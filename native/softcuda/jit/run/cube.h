// The faces of a cube map and the directions that point at them.
#pragma once

#include <array>
#include <cstdint>

namespace softcuda::jit {

using Direction = std::array<float, 3>;

/// A direction in a face's own axes: it meets the face at (s / m, t / m), each in [-1, 1].
struct FacePoint {
  float s, t, m;
};

/// The face that a direction points at, in the order of CUDA's layers: +x, -x, +y, -y, +z, -z.
uint32_t cube_face(const Direction &direction);
/// Linear, so that it takes directions as well as their derivatives.
FacePoint to_face(uint32_t face, const Direction &direction);
/// The direction of the point (s, t) of a face, which may lie beyond its edges.
Direction from_face(uint32_t face, float s, float t);

} // namespace softcuda::jit
