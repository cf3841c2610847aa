#include "ptx/types.h"

#include <array>

namespace softcuda::ptx {
namespace {

struct Row {
  std::string_view name;
  Type type;
  uint8_t bytes;
};

constexpr std::array kRows = {
    Row{"pred", Type::Pred, 1},       Row{"b8", Type::B8, 1},
    Row{"b16", Type::B16, 2},         Row{"b32", Type::B32, 4},
    Row{"b64", Type::B64, 8},         Row{"b128", Type::B128, 16},
    Row{"u8", Type::U8, 1},           Row{"u16", Type::U16, 2},
    Row{"u32", Type::U32, 4},         Row{"u64", Type::U64, 8},
    Row{"s8", Type::S8, 1},           Row{"s16", Type::S16, 2},
    Row{"s32", Type::S32, 4},         Row{"s64", Type::S64, 8},
    Row{"f16", Type::F16, 2},         Row{"f32", Type::F32, 4},
    Row{"f64", Type::F64, 8},         Row{"bf16", Type::BF16, 2},
    Row{"tf32", Type::TF32, 4},       Row{"f16x2", Type::F16x2, 4},
    Row{"bf16x2", Type::BF16x2, 4},   Row{"f32x2", Type::F32x2, 8},
    Row{"u16x2", Type::U16x2, 4},     Row{"s16x2", Type::S16x2, 4},
    Row{"e4m3x2", Type::E4M3x2, 2},   Row{"e5m2x2", Type::E5M2x2, 2},
    Row{"e2m1x2", Type::E2M1x2, 1},   Row{"e2m3x2", Type::E2M3x2, 2},
    Row{"e3m2x2", Type::E3M2x2, 2},   Row{"ue8m0x2", Type::UE8M0x2, 2},
    Row{"e4m3", Type::E4M3, 1},       Row{"e5m2", Type::E5M2, 1},
    Row{"b1", Type::B1, 1},           Row{"b4", Type::B4, 1},
    Row{"u4", Type::U4, 1},           Row{"s4", Type::S4, 1},
    Row{"texref", Type::TexRef, 8},   Row{"samplerref", Type::SamplerRef, 8},
    Row{"surfref", Type::SurfRef, 8},
};

} // namespace

std::optional<Type> parse_type(std::string_view name) {
  for (const Row &row : kRows)
    if (row.name == name)
      return row.type;
  return std::nullopt;
}

std::string_view type_name(Type type) {
  for (const Row &row : kRows)
    if (row.type == type)
      return row.name;
  return "?";
}

uint32_t size_bytes(Type type) {
  for (const Row &row : kRows)
    if (row.type == type)
      return row.bytes;
  return 0;
}

bool is_signed(Type type) {
  return type == Type::S8 || type == Type::S16 || type == Type::S32 || type == Type::S64 ||
         type == Type::S16x2 || type == Type::S4;
}

bool is_float(Type type) {
  switch (type) {
  case Type::F16:
  case Type::F32:
  case Type::F64:
  case Type::BF16:
  case Type::TF32:
  case Type::F16x2:
  case Type::BF16x2:
  case Type::F32x2:
    return true;
  default:
    return false;
  }
}

} // namespace softcuda::ptx
