#include "run/cube.h"

#include <cmath>

namespace softcuda::jit {

uint32_t cube_face(const Direction &d) {
  float x = std::fabs(d[0]), y = std::fabs(d[1]), z = std::fabs(d[2]);
  if (x > y && x > z)
    return d[0] >= 0 ? 0 : 1;
  if (y > z)
    return d[1] >= 0 ? 2 : 3;
  return d[2] >= 0 ? 4 : 5;
}

FacePoint to_face(uint32_t face, const Direction &d) {
  auto [x, y, z] = d;
  switch (face) {
  case 0:
    return {-z, -y, x};
  case 1:
    return {z, -y, -x};
  case 2:
    return {x, z, y};
  case 3:
    return {x, -z, -y};
  case 4:
    return {x, -y, z};
  default:
    return {-x, -y, -z};
  }
}

Direction from_face(uint32_t face, float s, float t) {
  switch (face) {
  case 0:
    return {1, -t, -s};
  case 1:
    return {-1, -t, s};
  case 2:
    return {s, 1, t};
  case 3:
    return {s, -1, -t};
  case 4:
    return {s, -t, 1};
  default:
    return {-s, -t, -1};
  }
}

} // namespace softcuda::jit
