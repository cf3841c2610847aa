// The scalar types that PTX instructions and declarations name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace softcuda::ptx {

enum class Type : uint8_t {
  Pred,
  B8,
  B16,
  B32,
  B64,
  B128,
  U8,
  U16,
  U32,
  U64,
  S8,
  S16,
  S32,
  S64,
  F16,
  F32,
  F64,
  BF16,
  TF32,
  F16x2,
  BF16x2,
  U16x2,
  S16x2,
  F32x2,
  E4M3x2,
  E5M2x2,
  E2M1x2,
  E2M3x2,
  E3M2x2,
  UE8M0x2,
  E4M3, // 8-bit matrix elements
  E5M2,
  B1,
  B4,
  U4,
  S4,     // sub-byte matrix elements
  TexRef, // handles, opaque to programs
  SamplerRef,
  SurfRef,
};

enum class Space : uint8_t { Generic, Global, Shared, Local, Const, Param, Reg };

std::optional<Type> parse_type(std::string_view name);
std::string_view type_name(Type type);

/// Storage size in bytes; predicates and sub-byte elements count as one.
uint32_t size_bytes(Type type);
inline uint32_t size_bits(Type type) { return type == Type::Pred ? 1 : size_bytes(type) * 8; }
bool is_signed(Type type);
/// .texref, .samplerref, .surfref.
inline bool is_reference(Type type) { return type >= Type::TexRef; }
bool is_float(Type type); // f16, bf16, f32, f64 and their packed forms

} // namespace softcuda::ptx
