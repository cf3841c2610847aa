#include "ptx/register_pressure.h"

#include <algorithm>
#include <unordered_set>

namespace softcuda::ptx {
namespace {

uint32_t registers_of(Type type) { return type == Type::Pred ? 0 : (size_bytes(type) + 3) / 4; }

/// Of the operands, how many stand where results do. An address never is one, nor is a number.
size_t result_count(const Instruction &instruction) {
  static const std::unordered_set<std::string_view> kWithout = {
      "bar", "barrier", "bra", "brx", "call", "nanosleep", "stackrestore"};
  return kWithout.contains(instruction.opcode) ? 0 : instruction.has_pair ? 2 : 1;
}

template <typename Visit> void visit_registers(const Operand &operand, Visit visit) {
  if (operand.kind == Operand::Kind::Register)
    visit(operand.slot);
  for (const Operand &element : operand.elements)
    visit_registers(element, visit);
}

template <typename OnResult, typename OnUse>
void visit_registers(const Instruction &instruction, OnResult on_result, OnUse on_use) {
  size_t results = result_count(instruction);
  for (const Operand &operand : instruction.operands) {
    const bool can_be_result =
        operand.kind == Operand::Kind::Register || operand.kind == Operand::Kind::Vector;
    if (results > 0 && can_be_result)
      visit_registers(operand, on_result);
    else
      visit_registers(operand, on_use);
    results -= results > 0;
  }
  for (const Operand &operand : instruction.returns)
    visit_registers(operand, on_result);
  for (const Operand &operand : instruction.arguments)
    visit_registers(operand, on_use);
}

const auto ignore = [](uint32_t) {};

template <typename Visit> void visit_results(const Instruction &instruction, Visit visit) {
  visit_registers(instruction, visit, ignore);
}

template <typename Visit> void visit_uses(const Instruction &instruction, Visit visit) {
  visit_registers(instruction, ignore, visit);
}

struct Block {
  size_t first, end; // of the body's instructions
  std::vector<uint32_t> predecessors;
  std::vector<uint32_t> live_out; // slots
};

/// Something that happens to a register in a block: it is read before it is written there, or surely written.
struct Event {
  uint32_t slot, block;
  bool operator<(const Event &other) const {
    return slot != other.slot ? slot < other.slot : block < other.block;
  }
};

class Liveness {
public:
  explicit Liveness(const Body &body) : body_(body) {
    find_blocks();
    find_edges();
    find_live();
  }

  uint32_t most(const std::function<uint32_t(const Instruction &)> &of_callee) const {
    std::vector<bool> is_live(body_.registers.size());
    uint32_t most = 0;
    for (const Block &block : blocks_) {
      uint32_t live = 0;
      std::vector<uint32_t> touched = block.live_out;
      auto begin = [&](uint32_t slot) {
        if (is_live[slot])
          return;
        is_live[slot] = true;
        touched.push_back(slot);
        live += registers_of(body_.registers[slot].type);
      };
      auto end = [&](uint32_t slot) {
        if (is_live[slot])
          live -= registers_of(body_.registers[slot].type);
        is_live[slot] = false;
      };
      for (uint32_t slot : block.live_out)
        begin(slot);
      for (size_t i = block.end; i-- > block.first;) {
        const Instruction &instruction = body_.code[i];
        visit_results(instruction, begin); // one that nobody reads takes a register, too
        most = std::max(most, live);
        if (instruction.guard < 0)
          visit_results(instruction, end);
        if (instruction.opcode == "call")
          most = std::max(most, live + of_callee(instruction));
        visit_uses(instruction, begin);
        most = std::max(most, live);
      }
      for (uint32_t slot : touched)
        is_live[slot] = false;
    }
    return most;
  }

private:
  static bool ends_block(const Instruction &instruction) {
    return instruction.opcode == "bra" || instruction.opcode == "brx" || is_end(instruction);
  }
  static bool is_end(const Instruction &instruction) {
    return instruction.opcode == "ret" || instruction.opcode == "exit" ||
           instruction.opcode == "trap";
  }

  void find_blocks() {
    const auto &code = body_.code;
    block_of_label_.assign(body_.label_count, 0);
    size_t first = 0;
    for (size_t i = 0; i <= code.size(); ++i) {
      const bool is_label = i < code.size() && code[i].label >= 0;
      if (i > first && (i == code.size() || is_label || ends_block(code[i - 1]))) {
        blocks_.push_back({first, i, {}, {}});
        first = i;
      }
      if (is_label)
        block_of_label_[static_cast<size_t>(code[i].label)] = static_cast<uint32_t>(blocks_.size());
    }
  }

  void find_edges() {
    for (uint32_t b = 0; b < blocks_.size(); ++b) {
      const Instruction &last = body_.code[blocks_[b].end - 1];
      auto add = [&](uint32_t to) {
        if (to < blocks_.size())
          blocks_[to].predecessors.push_back(b);
      };
      if (last.opcode == "bra")
        add(block_of_label_[last.operands.back().slot]);
      if (last.opcode == "brx")
        if (auto list = body_.branch_targets.find(last.operands.back().name);
            list != body_.branch_targets.end())
          for (const Operand &target : list->second)
            add(block_of_label_[target.slot]);
      if (last.guard >= 0 || !ends_block(last))
        add(b + 1);
    }
  }

  /// From each block that reads a register first, back along the edges to where it is written: what that takes is
  /// the length of what is found.
  void find_live() {
    std::vector<Event> reads, writes;
    collect(reads, writes);
    std::vector<uint32_t> live_in_of(blocks_.size(), UINT32_MAX), live_out_of = live_in_of,
                                                                  written_of = live_in_of;
    std::vector<uint32_t> open;
    auto write = writes.begin();
    for (auto read = reads.begin(); read != reads.end();) {
      const uint32_t slot = read->slot;
      for (; write != writes.end() && write->slot <= slot; ++write)
        written_of[write->block] = write->slot;
      for (; read != reads.end() && read->slot == slot; ++read) {
        live_in_of[read->block] = slot;
        open.push_back(read->block);
      }
      while (!open.empty()) {
        const uint32_t block = open.back();
        open.pop_back();
        for (uint32_t before : blocks_[block].predecessors) {
          if (live_out_of[before] == slot)
            continue;
          live_out_of[before] = slot;
          blocks_[before].live_out.push_back(slot);
          if (written_of[before] == slot || live_in_of[before] == slot)
            continue;
          live_in_of[before] = slot;
          open.push_back(before);
        }
      }
    }
  }

  void collect(std::vector<Event> &reads, std::vector<Event> &writes) const {
    std::vector<uint32_t> written_in(body_.registers.size(), UINT32_MAX), read_in = written_in;
    for (uint32_t b = 0; b < blocks_.size(); ++b)
      for (size_t i = blocks_[b].first; i < blocks_[b].end; ++i) {
        const Instruction &instruction = body_.code[i];
        visit_uses(instruction, [&](uint32_t slot) {
          if (written_in[slot] != b && read_in[slot] != b)
            reads.push_back({slot, b});
          read_in[slot] = b;
        });
        if (instruction.guard >= 0)
          continue;
        visit_results(instruction, [&](uint32_t slot) {
          if (written_in[slot] != b)
            writes.push_back({slot, b});
          written_in[slot] = b;
        });
      }
    std::sort(reads.begin(), reads.end());
    std::sort(writes.begin(), writes.end());
  }

  const Body &body_;
  std::vector<Block> blocks_;
  std::vector<uint32_t> block_of_label_;
};

} // namespace

uint32_t register_pressure(const Body &body,
                           const std::function<uint32_t(const Instruction &call)> &of_callee) {
  return Liveness(body).most(of_callee);
}

} // namespace softcuda::ptx
