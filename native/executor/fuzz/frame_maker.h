// Makes frames that a hostile guest might send: from valid ones, by changing something, and from
// nothing. Deterministic for a seed.
#pragma once

#include "abi/abi.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace gpuferry::executor::fuzz {

enum class Origin : uint8_t {
  valid,
  gentle,  ///< valid, with wrong handles, addresses, shapes: the driver's to refuse
  wild,    ///< valid, with anything changed: may be no frame at all
  nothing, ///< made up
};

struct MadeFrame {
  Origin origin = Origin::valid;
  uint16_t opcode = 0;
  uint16_t flags = 0;
  std::vector<std::byte> body;
  std::vector<unsigned> gentle_words; ///< 64-bit words of the body that no session ends of
};

class FrameMaker {
public:
  explicit FrameMaker(uint64_t seed) : random_(seed) {}

  /// Frames with which a session begins: a context, streams, events, memory, a module and its kernel.
  /// Writes what they need into the heap.
  std::vector<MadeFrame> opening(std::byte *heap);

  MadeFrame next();

  /// The frame ended its session, as it should where it is none. Its sort is made again only when the
  /// session has seen a few thousand others: a campaign that starts a session for each would see little.
  void ended_a_session(const MadeFrame &frame);

  /// A session begins.
  void begin_session() { made_in_session_ = 0; }

  uint64_t number(uint64_t below) { return below ? random_() % below : 0; }

private:
  bool is_in_season(const MadeFrame &frame);
  MadeFrame valid();
  MadeFrame gentle();
  MadeFrame wild();
  MadeFrame from_nothing();
  uint64_t interesting();
  uint64_t handle(uint32_t kind);
  uint64_t fresh(uint32_t kind) { return gf_handle_make(kind, 0, next_index_++); }

  template <class T> static MadeFrame frame(uint16_t opcode, const T &args, bool sync = false);
  static void append(MadeFrame &frame, const void *bytes, size_t count);

  std::mt19937_64 random_;
  uint32_t next_index_ = 1;
  std::vector<uint64_t> live_; // handles that were made
  enum class Known : uint8_t { no, harmless, ends_sessions };
  std::map<std::pair<uint16_t, Origin>, Known> known_;
  uint64_t made_in_session_ = 0;
};

} // namespace gpuferry::executor::fuzz
