// Makes OpenGL frames that a hostile guest might send: well-formed ones with likely and unlikely
// arguments, mutated ones, and some made of nothing. Deterministic for a seed.
#pragma once

#include "executor/fuzz/frame_maker.h"
#include "gl_shapes.h"

#include <array>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace gpuferry::executor::fuzz {

class GlFrameMaker {
public:
  explicit GlFrameMaker(uint64_t seed);

  /// Frames with which lane `index` begins: a context of a kind of its own, a drawable, both current,
  /// and a few objects of each kind.
  std::vector<MadeFrame> opening(unsigned index);

  MadeFrame next();

  /// The frame ended its session, or nearly: its sort is not made again while the session is young, or
  /// never if it made the driver crash or work for ever.
  void ended_a_session(const MadeFrame &frame, bool for_good);

  void begin_session() { made_in_session_ = 0; }
  uint64_t number(uint64_t below) { return below ? random_() % below : 0; }

private:
  using Sort = std::pair<uint16_t, Origin>;

  MadeFrame well_formed(uint16_t opcode, bool likely);
  void fill(MadeFrame &frame, const gl::GlField &field, bool likely);
  void fill_payload(MadeFrame &frame, const gl::GlField &field, size_t at, bool likely);
  uint64_t integer(bool likely);
  double real(bool likely);
  uint32_t one_of(uint16_t group, bool likely);
  MadeFrame mutated();
  MadeFrame from_nothing();
  uint16_t opcode();
  bool is_left_out(const MadeFrame &frame) const;

  uint64_t seed_;
  std::mt19937_64 random_;
  std::array<gl::GlShape, GF_GL_OPCODE_COUNT> shapes_;
  std::vector<uint16_t> opcodes_;
  enum class Known : uint8_t { ends_sessions, harms_drivers };
  std::map<Sort, Known> known_;
  uint64_t made_in_session_ = 0;
};

} // namespace gpuferry::executor::fuzz
