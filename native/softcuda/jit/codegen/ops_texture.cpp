// tex, tld4, txq and istypep: operands go into a record, of which the runtime makes a colour.
#include "codegen/image_operands.h"
#include "codegen/record.h"

namespace softcuda::jit {

using llvm::Value;
using ptx::Operand;
using ptx::Type;

Shape take_shape(Op &op) {
  struct Name {
    std::string_view text;
    Shape shape;
  };
  static constexpr Name kNames[] = {
      {"1d", {Geometry::D1, false, 1}},     {"2d", {Geometry::D2, false, 2}},
      {"3d", {Geometry::D3, false, 3}},     {"a1d", {Geometry::D1, true, 1}},
      {"a2d", {Geometry::D2, true, 2}},     {"cube", {Geometry::Cube, false, 3}},
      {"acube", {Geometry::Cube, true, 3}},
  };
  for (const Name &name : kNames)
    if (op.take(name.text))
      return name.shape;
  op.fail("unsupported geometry");
}

ImageOperand image_operand(Emitter &e, Op &op) {
  size_t index = 0;
  while (op.operand(index).kind != Operand::Kind::Address)
    ++index;
  const Operand &address = op.operand(index);
  Value *handle = e.read(address.elements.at(0), Type::U64);
  if (address.bits) // an element of an array of references
    handle = e.b.CreateAdd(handle, e.b.getInt64(address.bits));
  bool separate = address.elements.size() > 2;
  return {index, handle, separate ? e.read(address.elements[1], Type::U64) : nullptr,
          address.elements.size() > 1 ? &address.elements.back() : nullptr};
}

size_t element_count(const Operand &operand) {
  return operand.kind == Operand::Kind::Vector ? operand.elements.size() : 1;
}

const Operand &element(Op &op, const Operand &operand, size_t i) {
  if (i >= element_count(operand))
    op.fail("a vector operand is too short");
  return operand.kind == Operand::Kind::Vector ? operand.elements[i] : operand;
}

namespace {

/// Writes four words, which lie at `offset` of a record, to the destination as the instruction's type says.
void write_result(Emitter &e, Op &op, Record &record, size_t offset, Type type) {
  auto channel = [&](size_t i) {
    if (i > 3)
      op.fail("too many destinations");
    return record.load(offset + 4 * i, e.b.getInt32Ty());
  };
  auto half = [&](size_t i) { return e.call_helper("rt_half", e.b.getInt32Ty(), {channel(i)}); };
  if (op.instruction.has_pair) // is the texel resident? always
    e.write_predicate(op.operand(1), e.b.getTrue());
  const Operand &destination = op.operand(0);
  for (size_t i = 0; i < element_count(destination); ++i) {
    const Operand &to = element(op, destination, i);
    if (type == Type::F16x2) {
      Value *pair = e.b.CreateOr(half(2 * i), e.b.CreateShl(half(2 * i + 1), 16));
      e.write(to, pair, Type::B32);
    } else if (type == Type::F16) {
      e.write(to, e.b.CreateTrunc(half(i), e.b.getInt16Ty()), Type::B16);
    } else {
      e.write(to, channel(i), Type::B32);
    }
  }
}

class TextureRecord : public Record {
public:
  TextureRecord(Emitter &e, Op &op, const Shape &shape, Type coordinate_type,
                const ImageOperand &image)
      : Record(e, sizeof(TextureRequest)), op_(op), shape_(shape), image_(image) {
    if (!image_.coordinates)
      op.fail("coordinates are missing");
    bool integer = coordinate_type == Type::S32;
    store(offsetof(TextureRequest, texture), image_.handle);
    store(offsetof(TextureRequest, sampler), image_.sampler ? image_.sampler : e.b.getInt64(0));
    store(offsetof(TextureRequest, geometry), static_cast<uint32_t>(shape.geometry));
    store(offsetof(TextureRequest, layered), shape.layered);
    store(offsetof(TextureRequest, integer_coordinates), integer);
    store(offsetof(TextureRequest, level_mode), static_cast<uint32_t>(LevelMode::Base));
    unsigned first = shape.layered ? 1 : 0;
    if (shape.layered)
      store(offsetof(TextureRequest, layer),
            e.read(element(op, *image_.coordinates, 0), Type::B32));
    words(offsetof(TextureRequest, coordinates), *image_.coordinates, first, shape.coordinates);
    for (unsigned i = shape.coordinates; i < 3; ++i)
      store(offsetof(TextureRequest, coordinates) + 4 * i, 0u);
    next_ = image_.index + 1;
  }

  /// The operands of .level and .grad.
  void take_level(LevelMode mode) {
    store(offsetof(TextureRequest, level_mode), static_cast<uint32_t>(mode));
    if (mode == LevelMode::Level)
      words(offsetof(TextureRequest, level), op_.operand(next_++), 0, 1);
    if (mode == LevelMode::Gradient)
      for (unsigned which = 0; which < 2; ++which) {
        size_t offset = offsetof(TextureRequest, gradients) + 12 * which;
        words(offset, op_.operand(next_++), 0, shape_.coordinates);
        for (unsigned i = shape_.coordinates; i < 3; ++i)
          store(offset + 4 * i, 0u);
      }
  }

  /// What may stand behind: texel offsets, and a reference value for depth textures, which CUDA cannot make.
  void take_offset() {
    unsigned axes = shape_.geometry == Geometry::Cube ? 0 : shape_.coordinates;
    bool present = next_ < op_.operand_count() && axes > 0 &&
                   (axes == 1 || op_.operand(next_).kind == Operand::Kind::Vector);
    for (unsigned i = 0; i < 3; ++i) {
      size_t offset = offsetof(TextureRequest, offset) + 4 * i;
      if (present && i < axes)
        words(offset, op_.operand(next_), i, 1);
      else
        store(offset, 0u);
    }
    next_ += present;
    if (next_ < op_.operand_count())
      op_.fail("depth comparison is not supported");
  }

  /// Calls the runtime and writes what it found to the destination.
  void finish(const char *function, Type result) {
    e_.call_helper(function, e_.b.getVoidTy(), {storage_}, false);
    write_result(e_, op_, *this, offsetof(TextureRequest, result), result);
  }

private:
  void words(size_t offset, const Operand &operand, size_t first, size_t count) {
    for (size_t i = 0; i < count; ++i)
      store(offset + 4 * i, e_.read(element(op_, operand, first + i), Type::B32));
  }
  Op &op_;
  Shape shape_;
  ImageOperand image_;
  size_t next_ = 0; // operand
};

/// .v4 of 32 bits or f16; .v2.f16x2.
void take_vector(Op &op) {
  op.take("v4");
  op.take("v2");
}

void check_coordinates(Op &op, Type type) {
  if (type != Type::F32 && type != Type::S32)
    op.fail("coordinates must be f32 or s32");
}

/// The forms that the runtime has a fast way for: nothing but a texture and float coordinates.
bool is_plain(Op &op, const Shape &shape, const ImageOperand &image) {
  return op.type(1) == Type::F32 && !shape.layered && shape.geometry != Geometry::Cube &&
         !image.sampler && image.coordinates && op.operand_count() == image.index + 1;
}

void plain(Emitter &e, Op &op, const Shape &shape, const ImageOperand &image) {
  static constexpr const char *kFunctions[] = {"rt_texture_1d", "rt_texture_2d", "rt_texture_3d"};
  Record result(e, 4 * sizeof(uint32_t));
  std::vector<Value *> arguments = {image.handle};
  for (unsigned i = 0; i < shape.coordinates; ++i)
    arguments.push_back(e.read(element(op, *image.coordinates, i), Type::F32));
  arguments.push_back(result.storage());
  e.call_helper(kFunctions[shape.coordinates - 1], e.b.getVoidTy(), arguments, false);
  write_result(e, op, result, 0, op.type(0));
}

void tex(Emitter &e, Op &op) {
  LevelMode mode = op.take("level")  ? LevelMode::Level
                   : op.take("grad") ? LevelMode::Gradient
                                     : LevelMode::Base;
  op.take("base");
  Shape shape = take_shape(op);
  take_vector(op);
  check_coordinates(op, op.type(1));
  ImageOperand image = image_operand(e, op);
  if (mode == LevelMode::Base && is_plain(op, shape, image))
    return plain(e, op, shape, image);
  TextureRecord record(e, op, shape, op.type(1), image);
  record.take_level(mode);
  record.take_offset();
  record.finish("rt_texture_sample", op.type(0));
}

void tld4(Emitter &e, Op &op) {
  uint32_t component = op.take("r") ? 0 : op.take("g") ? 1 : op.take("b") ? 2 : 3;
  op.take("a");
  Shape shape = take_shape(op);
  if (shape.coordinates < 2 || shape.geometry == Geometry::D3)
    op.fail("unsupported geometry");
  take_vector(op);
  check_coordinates(op, op.type(1));
  TextureRecord record(e, op, shape, op.type(1), image_operand(e, op));
  record.store(offsetof(TextureRequest, component), component);
  record.take_offset();
  record.finish("rt_texture_gather", op.type(0));
}

ImageQuery take_query(Op &op) {
  struct Name {
    std::string_view text;
    ImageQuery query;
  };
  static constexpr Name kNames[] = {
      {"width", ImageQuery::Width},
      {"height", ImageQuery::Height},
      {"depth", ImageQuery::Depth},
      {"array_size", ImageQuery::ArraySize},
      {"num_mipmap_levels", ImageQuery::Levels},
      {"num_samples", ImageQuery::Samples},
      {"channel_data_type", ImageQuery::ChannelDataType},
      {"channel_order", ImageQuery::ChannelOrder},
      {"memory_layout", ImageQuery::MemoryLayout},
      {"normalized_coords", ImageQuery::NormalizedCoords},
      {"force_unnormalized_coords", ImageQuery::UnnormalizedCoords},
      {"filter_mode", ImageQuery::FilterMode},
      {"addr_mode_0", ImageQuery::AddressMode0},
      {"addr_mode_1", ImageQuery::AddressMode1},
      {"addr_mode_2", ImageQuery::AddressMode2},
  };
  for (const Name &name : kNames)
    if (op.take(name.text))
      return name.query;
  op.fail("unknown query");
}

void query(Emitter &e, Op &op, bool surface) {
  bool of_level = op.take("level");
  ImageQuery what = take_query(op);
  Value *handle = image_operand(e, op).handle;
  bool of_sampler = what >= ImageQuery::UnnormalizedCoords && what <= ImageQuery::AddressMode2;
  Value *number = e.b.getInt32(static_cast<uint32_t>(what));
  Value *level = of_level ? e.read(op.operand(2), Type::B32) : e.b.getInt32(0);
  Value *answer = of_sampler
                      ? e.call_helper("rt_sampler_query", e.b.getInt32Ty(), {handle, number}, false)
                      : e.call_helper("rt_image_query", e.b.getInt32Ty(),
                                      {handle, e.b.getInt32(surface), level, number}, false);
  e.write(op.operand(0), answer, Type::B32);
}

void txq(Emitter &e, Op &op) { query(e, op, false); }
void suq(Emitter &e, Op &op) { query(e, op, true); }

void istypep(Emitter &e, Op &op) {
  const char *test = op.type() == Type::TexRef    ? "rt_is_texture"
                     : op.type() == Type::SurfRef ? "rt_is_surface"
                                                  : "rt_is_sampler";
  Value *handle = e.read(op.operand(1), Type::U64);
  e.write_predicate(op.operand(0), e.call_helper(test, e.b.getInt1Ty(), {handle}, false));
}

} // namespace

void add_texture_handlers(HandlerTable &table) {
  table["tex"] = tex;
  table["tld4"] = tld4;
  table["txq"] = txq;
  table["suq"] = suq;
  table["istypep"] = istypep;
}

} // namespace softcuda::jit
