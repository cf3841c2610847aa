// Function bodies. Scopes (`{ … }` of call sequences and inline assembly) are resolved here, so that the
// code generator sees one flat list of uniquely numbered registers, labels and variables.
#include "ptx/parser.h"

#include <memory>
#include <optional>

namespace softcuda::ptx {
namespace {

constexpr int kMaxOperandDepth = 4; // [tex, {x, y}] needs two

struct Scope {
  std::unordered_map<std::string_view, uint32_t> registers;
  std::unordered_map<std::string_view, uint32_t> variables;
  std::unordered_map<std::string_view, uint32_t> labels;
  size_t parent; // index; the root is its own parent
};

class BodyParser {
public:
  explicit BodyParser(const Function &function)
      : lexer_(function.body, function.body_line), function_(function) {}

  Body parse() {
    scopes_.push_back({{}, {}, {}, 0});
    for (const auto *list : {&function_.signature.returns, &function_.signature.params})
      for (const Parameter &parameter : *list)
        if (parameter.in_register)
          declare_register(parameter.name, parameter.type);
    while (lexer_.peek().kind != TokenKind::End)
      parse_statement();
    if (scope_ != 0)
      lexer_.fail("'{' without '}'");
    for (Pending &pending : pending_labels_)
      resolve(pending);
    return std::move(body_);
  }

private:
  // A word that was no register or variable when it was read: a label further down, or a module's symbol.
  struct Pending {
    size_t instruction;
    size_t scope;
  };

  void declare_register(std::string_view name, Type type) {
    scopes_[scope_].registers[name] = static_cast<uint32_t>(body_.registers.size());
    body_.registers.push_back({name, type});
  }

  void parse_statement() {
    if (lexer_.accept('{')) {
      scopes_.push_back({{}, {}, {}, scope_});
      scope_ = scopes_.size() - 1;
    } else if (lexer_.accept('}')) {
      if (scope_ == 0)
        lexer_.fail("'}' without '{'");
      scope_ = scopes_[scope_].parent;
    } else if (lexer_.accept(';')) {
    } else if (lexer_.peek().is('@')) {
      parse_instruction(lexer_.line());
    } else if (lexer_.peek().kind != TokenKind::Word) {
      lexer_.fail("unexpected '" + std::string(lexer_.peek().text) + "'");
    } else if (lexer_.peek().text[0] == '.') {
      parse_directive();
    } else {
      parse_instruction(lexer_.line());
    }
  }

  void parse_directive() {
    std::string_view word = lexer_.next().text;
    if (word == ".reg")
      return parse_registers();
    if (word == ".loc" || word == ".file") {
      uint32_t line = lexer_.line();
      while (lexer_.peek().kind != TokenKind::End && lexer_.line() == line)
        lexer_.next();
      return;
    }
    if (word == ".pragma") {
      while (!lexer_.accept(';'))
        lexer_.next();
      return;
    }
    Space space;
    if (word == ".local")
      space = Space::Local;
    else if (word == ".shared")
      space = Space::Shared;
    else if (word == ".param")
      space = Space::Param;
    else
      lexer_.fail("unsupported directive '" + std::string(word) + "' in a function");
    do {
      Variable variable = parse_variable(lexer_, space, Linkage::Internal);
      scopes_[scope_].variables[variable.name] = static_cast<uint32_t>(body_.variables.size());
      body_.variables.push_back({variable, variable.name});
    } while (lexer_.accept(','));
    lexer_.expect(';');
  }

  void parse_registers() {
    std::optional<Type> type;
    while (lexer_.peek().text.starts_with(".")) {
      std::string_view word = lexer_.next().text;
      type = parse_type(word.substr(1));
      if (!type)
        lexer_.fail("unsupported register type '" + std::string(word) + "'");
    }
    if (!type)
      lexer_.fail("register without a type");
    do {
      std::string_view name = lexer_.next().text;
      if (lexer_.accept('<')) {
        uint64_t count = lexer_.next().bits;
        lexer_.expect('>');
        if (count > 1000000)
          lexer_.fail("too many registers");
        banks_.push_back({name, static_cast<uint32_t>(body_.registers.size()),
                          static_cast<uint32_t>(count), scope_});
        body_.registers.resize(body_.registers.size() + count, Register{name, *type});
      } else {
        declare_register(name, *type);
      }
    } while (lexer_.accept(','));
    lexer_.expect(';');
  }

  // %r<100> declares %r0 … %r99: kept as a range, not as a hundred names.
  struct Bank {
    std::string_view prefix;
    uint32_t first_slot, count;
    size_t scope;
  };

  std::optional<uint32_t> find_in_banks(std::string_view name, size_t scope) const {
    size_t digits = name.size();
    while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9')
      --digits;
    if (digits == name.size())
      return std::nullopt;
    for (const Bank &bank : banks_) {
      // a prefix may itself end in digits, so compare its length rather than the split
      if (bank.scope != scope || !name.starts_with(bank.prefix) || bank.prefix.size() < digits ||
          bank.prefix.size() == name.size())
        continue;
      uint32_t number = 0;
      for (char c : name.substr(bank.prefix.size()))
        number = number * 10 + static_cast<uint32_t>(c - '0');
      if (number < bank.count)
        return bank.first_slot + number;
    }
    return std::nullopt;
  }

  template <typename Find> auto search(size_t scope, Find find) -> decltype(find(scope)) {
    for (;;) {
      if (auto found = find(scope))
        return found;
      if (scope == 0)
        return std::nullopt;
      scope = scopes_[scope].parent;
    }
  }

  static std::optional<uint32_t> lookup(const std::unordered_map<std::string_view, uint32_t> &map,
                                        std::string_view name) {
    auto found = map.find(name);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  }

  /// %r1.b2, %r1.h0, %r1.b7610: which parts of a register a video instruction takes.
  std::optional<Operand> part_operand(std::string_view name) {
    const size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot + 3 > name.size())
      return std::nullopt;
    const char kind = name[dot + 1];
    const std::string_view parts = name.substr(dot + 2);
    const size_t lanes = kind == 'b' ? 4 : kind == 'h' ? 2 : 0;
    for (char part : parts)
      if (part < '0' || static_cast<size_t>(part - '0') >= 2 * lanes)
        return std::nullopt;
    if (parts.size() > lanes)
      return std::nullopt;
    Operand operand = name_operand(name.substr(0, dot));
    if (operand.kind != Operand::Kind::Register)
      return std::nullopt;
    operand.part_bits = kind == 'b' ? 8 : 16;
    operand.part_shift = static_cast<uint8_t>((parts.back() - '0') * operand.part_bits);
    operand.parts = parts;
    return operand;
  }

  Operand name_operand(std::string_view name) {
    if (auto part = part_operand(name))
      return *part;
    Operand operand;
    operand.name = name;
    if (name == "_") {
      operand.kind = Operand::Kind::None;
    } else if (auto slot = search(scope_, [&](size_t scope) -> std::optional<uint32_t> {
                 if (auto named = lookup(scopes_[scope].registers, name))
                   return named;
                 return find_in_banks(name, scope);
               })) {
      operand.kind = Operand::Kind::Register;
      operand.slot = *slot;
    } else if (name == "WARP_SZ") {
      operand.kind = Operand::Kind::Integer;
      operand.bits = 32;
    } else if (name[0] == '%') {
      operand.kind = Operand::Kind::Special;
    } else {
      operand.kind = Operand::Kind::Symbol;
      operand.slot = UINT32_MAX;
      if (auto variable =
              search(scope_, [&](size_t scope) { return lookup(scopes_[scope].variables, name); }))
        operand.slot = *variable; // of body_.variables
    }
    return operand;
  }

  void parse_plus_offset(Operand &operand) {
    while (lexer_.peek().is('+') || lexer_.peek().is('-')) {
      bool negative = lexer_.next().is('-');
      if (lexer_.accept('-'))
        negative = !negative;
      Token token = lexer_.next();
      if (token.kind != TokenKind::Integer)
        lexer_.fail("expected an integer offset before '" + std::string(token.text) + "'");
      operand.bits += negative ? 0 - token.bits : token.bits;
    }
  }

  /// array[2]: the address of an element. Of an array outside of this function the elements' size is not known here.
  void parse_index(Operand &operand) {
    lexer_.expect('[');
    const Token index = lexer_.next();
    if (index.kind != TokenKind::Integer)
      lexer_.fail("unsupported index '" + std::string(index.text) + "'");
    lexer_.expect(']');
    if (operand.slot == UINT32_MAX && index.bits != 0)
      lexer_.fail("unsupported index of '" + std::string(operand.name) + "'");
    if (operand.slot != UINT32_MAX)
      operand.bits += index.bits * size_bytes(body_.variables[operand.slot].variable.type);
    is_indexed_ = true;
  }

  Operand parse_operand(int depth = 0) {
    if (depth > kMaxOperandDepth)
      lexer_.fail("operand nested too deeply");
    Operand operand;
    if (lexer_.accept('{')) {
      operand.kind = Operand::Kind::Vector;
      while (!lexer_.accept('}')) {
        operand.elements.push_back(parse_operand(depth + 1));
        lexer_.accept(',');
      }
      return operand;
    }
    if (lexer_.accept('[')) {
      operand.kind = Operand::Kind::Address;
      do {
        Operand element = parse_operand(depth + 1);
        if (operand.elements.empty()) {
          operand.bits = element.bits;
          if (element.kind == Operand::Kind::Integer)
            operand.bits = 0; // [4096] keeps its address in the element
          else
            element.bits = 0;
        }
        operand.elements.push_back(std::move(element));
      } while (lexer_.accept(','));
      lexer_.expect(']');
      return operand;
    }
    bool negated = lexer_.accept('!');
    bool minus = lexer_.accept('-');
    Token token = lexer_.next();
    switch (token.kind) {
    case TokenKind::Integer:
      operand.kind = Operand::Kind::Integer;
      operand.bits = minus ? 0 - token.bits : token.bits;
      break;
    case TokenKind::Float32:
      operand.kind = Operand::Kind::Float32;
      operand.bits = minus ? token.bits ^ 0x80000000u : token.bits;
      break;
    case TokenKind::Float64:
      operand.kind = Operand::Kind::Float64;
      operand.bits = minus ? token.bits ^ (1ull << 63) : token.bits;
      break;
    case TokenKind::Word:
      operand = name_operand(token.text);
      if (operand.kind == Operand::Kind::Symbol && lexer_.peek().is('['))
        parse_index(operand);
      parse_plus_offset(operand);
      break;
    default:
      lexer_.fail("unexpected '" + std::string(token.text) + "' as an operand");
    }
    operand.negated = negated;
    return operand;
  }

  static bool accesses_memory(std::string_view opcode) {
    return opcode == "ld" || opcode == "ldu" || opcode == "st" || opcode == "atom" ||
           opcode == "red";
  }

  /// array[2], where [array+8] could stand.
  static void as_address(Operand &operand) {
    if (operand.kind != Operand::Kind::Symbol)
      return;
    Operand address;
    address.kind = Operand::Kind::Address;
    address.bits = operand.bits;
    operand.bits = 0;
    address.elements.push_back(std::move(operand));
    operand = std::move(address);
  }

  void split_opcode(Instruction &instruction, std::string_view word) {
    instruction.spelling = word;
    size_t dot = word.find('.');
    instruction.opcode = word.substr(0, dot);
    while (dot != std::string_view::npos) {
      size_t next = word.find('.', dot + 1);
      std::string_view part =
          word.substr(dot + 1, next == std::string_view::npos ? next : next - dot - 1);
      if (auto type = parse_type(part))
        instruction.types.push_back(*type);
      else if (!part.empty())
        instruction.modifiers.push_back(part);
      dot = next;
    }
  }

  void parse_instruction(uint32_t line) {
    Instruction instruction;
    instruction.line = line;
    if (lexer_.accept('@')) {
      instruction.guard_negated = lexer_.accept('!');
      Operand guard = name_operand(lexer_.next().text);
      if (guard.kind != Operand::Kind::Register)
        lexer_.fail("'" + std::string(guard.name) + "' is no predicate");
      instruction.guard = static_cast<int>(guard.slot);
    }
    Token word = lexer_.next();
    if (word.kind != TokenKind::Word)
      lexer_.fail("expected an instruction before '" + std::string(word.text) + "'");
    if (instruction.guard < 0 && lexer_.accept(':'))
      return parse_label(word.text);
    split_opcode(instruction, word.text);
    if (instruction.opcode == "call") {
      parse_call(instruction);
    } else if (!lexer_.peek().is(';')) {
      do {
        is_indexed_ = false;
        instruction.operands.push_back(parse_operand());
        if (is_indexed_ && accesses_memory(instruction.opcode))
          as_address(instruction.operands.back());
        if (lexer_.accept('|')) {
          instruction.has_pair = true;
          instruction.operands.push_back(parse_operand());
        }
      } while (lexer_.accept(','));
    }
    lexer_.expect(';');
    bool branches = instruction.opcode == "bra" || instruction.opcode == "brx";
    if (branches && instruction.operands.empty())
      throw SyntaxError{line, "a branch without a target"};
    if (branches)
      pending_labels_.push_back({body_.code.size(), scope_});
    body_.code.push_back(std::move(instruction));
  }

  void parse_label(std::string_view name) {
    if (lexer_.accept(".branchtargets")) {
      std::vector<Operand> targets;
      do {
        Operand target;
        target.name = lexer_.next().text;
        targets.push_back(target);
      } while (lexer_.accept(','));
      lexer_.expect(';');
      target_scopes_[name] = scope_;
      body_.branch_targets[name] = std::move(targets);
      return;
    }
    if (lexer_.accept(".callprototype")) {
      Signature signature;
      if (lexer_.peek().is('('))
        signature.returns = parse_parameters(lexer_);
      lexer_.next(); // "_"
      if (lexer_.peek().is('('))
        signature.params = parse_parameters(lexer_);
      while (!lexer_.accept(';')) // .noreturn, .abi_preserve
        lexer_.next();
      body_.prototypes[name] = std::move(signature);
      return;
    }
    if (lexer_.accept(".calltargets")) {
      while (!lexer_.accept(';'))
        lexer_.next();
      return;
    }
    Instruction marker;
    marker.line = lexer_.line();
    marker.label = static_cast<int>(body_.label_count);
    scopes_[scope_].labels[name] = body_.label_count++;
    body_.code.push_back(std::move(marker));
  }

  std::vector<Operand> parse_call_list() {
    std::vector<Operand> list;
    lexer_.expect('(');
    while (!lexer_.accept(')')) {
      list.push_back(parse_operand());
      lexer_.accept(',');
    }
    return list;
  }

  void parse_call(Instruction &instruction) {
    if (lexer_.peek().is('(')) {
      instruction.returns = parse_call_list();
      lexer_.expect(',');
    }
    instruction.operands.push_back(parse_operand());
    if (lexer_.accept(',')) {
      if (lexer_.peek().is('(')) {
        instruction.arguments = parse_call_list();
        if (lexer_.accept(','))
          instruction.prototype = lexer_.next().text;
      } else {
        instruction.prototype = lexer_.next().text;
      }
    }
  }

  uint32_t resolve_label(std::string_view name, size_t scope, uint32_t line) {
    auto slot = search(scope, [&](size_t s) { return lookup(scopes_[s].labels, name); });
    if (!slot)
      throw SyntaxError{line, "label '" + std::string(name) + "' is not defined"};
    return *slot;
  }

  void resolve(const Pending &pending) {
    Instruction &instruction = body_.code[pending.instruction];
    Operand &target = instruction.operands.back();
    if (instruction.opcode == "bra") {
      target.slot = resolve_label(target.name, pending.scope, instruction.line);
      target.kind = Operand::Kind::Label;
      return;
    }
    auto list = body_.branch_targets.find(target.name);
    if (list == body_.branch_targets.end())
      throw SyntaxError{instruction.line, "no .branchtargets '" + std::string(target.name) + "'"};
    for (Operand &label : list->second) {
      label.slot = resolve_label(label.name, target_scopes_[target.name], instruction.line);
      label.kind = Operand::Kind::Label;
    }
  }

  Lexer lexer_;
  const Function &function_;
  Body body_;
  std::vector<Scope> scopes_;
  std::vector<Bank> banks_;
  std::vector<Pending> pending_labels_;
  std::unordered_map<std::string_view, size_t> target_scopes_;
  size_t scope_ = 0;
  bool is_indexed_ = false; // the operand that was read last was array[…]
};

} // namespace

Body parse_body(const Function &function) { return BodyParser(function).parse(); }

} // namespace softcuda::ptx
