// Variables and parameters: `.align 8 .b8 name[4][2] = {…}` and `(.param .u64 .ptr .global .align 4 name)`.
#include "ptx/parser.h"

#include <bit>

namespace softcuda::ptx {
namespace {

uint64_t convert_initialiser(const Token &token, Type type, bool negative) {
  if (token.kind == TokenKind::Integer) {
    if (type == Type::F32)
      return std::bit_cast<uint32_t>(static_cast<float>(static_cast<int64_t>(token.bits)) *
                                     (negative ? -1.0f : 1.0f));
    if (type == Type::F64)
      return std::bit_cast<uint64_t>(static_cast<double>(static_cast<int64_t>(token.bits)) *
                                     (negative ? -1.0 : 1.0));
    return negative ? 0 - token.bits : token.bits;
  }
  uint64_t bits = token.bits;
  bool is_double = token.kind == TokenKind::Float64;
  if (is_double && size_bytes(type) == 4) {
    bits = std::bit_cast<uint32_t>(static_cast<float>(std::bit_cast<double>(bits)));
    is_double = false;
  } else if (!is_double && size_bytes(type) == 8) {
    bits = std::bit_cast<uint64_t>(
        static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits))));
    is_double = true;
  }
  return negative ? bits ^ (is_double ? 1ull << 63 : 1ull << 31) : bits;
}

int64_t parse_offset(Lexer &lexer) {
  if (lexer.accept('+')) {
    bool negative = lexer.accept('-');
    int64_t value = static_cast<int64_t>(lexer.next().bits);
    return negative ? -value : value;
  }
  if (lexer.accept('-'))
    return -static_cast<int64_t>(lexer.next().bits);
  return 0;
}

InitialValue parse_symbol_value(Lexer &lexer) {
  InitialValue value;
  if (lexer.accept("generic")) {
    value = {};
    lexer.expect('(');
    value.is_generic = true;
    value.symbol = lexer.next().text;
    lexer.expect(')');
  } else {
    value.symbol = lexer.next().text;
  }
  value.bits = static_cast<uint64_t>(parse_offset(lexer));
  return value;
}

constexpr uint64_t kMaxElements = 1ull << 40;
constexpr int kMaxInitialiserDepth = 16; // one per array dimension

void parse_initialiser(Lexer &lexer, Variable &variable, int depth = 0) {
  if (depth > kMaxInitialiserDepth)
    lexer.fail("initialiser nested too deeply");
  if (lexer.accept('{')) {
    while (!lexer.accept('}')) {
      parse_initialiser(lexer, variable, depth + 1);
      lexer.accept(',');
    }
    return;
  }
  if (lexer.peek().kind == TokenKind::Word) {
    variable.init.push_back(parse_symbol_value(lexer));
    return;
  }
  bool negative = lexer.accept('-');
  Token token = lexer.next();
  if (token.kind == TokenKind::Integer && lexer.peek().is('(')) { // 0xFF00(symbol): one byte of it
    lexer.expect('(');
    InitialValue value = parse_symbol_value(lexer);
    value.mask_byte = static_cast<uint8_t>(std::countr_zero(token.bits) / 8);
    lexer.expect(')');
    variable.init.push_back(value);
    return;
  }
  if (token.kind != TokenKind::Integer && token.kind != TokenKind::Float32 &&
      token.kind != TokenKind::Float64)
    lexer.fail("unexpected '" + std::string(token.text) + "' in an initialiser");
  variable.init.push_back(
      {.bits = convert_initialiser(token, variable.type, negative), .symbol = {}});
}

/// `{ addr_mode_0 = clamp_to_edge, filter_mode = linear, … }` of a reference variable.
void parse_properties(Lexer &lexer, Variable &variable) {
  lexer.expect('{');
  while (!lexer.accept('}')) {
    std::string_view name = lexer.next().text;
    lexer.expect('=');
    variable.properties.emplace_back(name, lexer.next().text);
    lexer.accept(',');
  }
}

/// Vector prefixes multiply the element count.
uint32_t vector_width(std::string_view word) {
  return word == ".v2" ? 2 : word == ".v4" ? 4 : word == ".v8" ? 8 : 0;
}

} // namespace

Variable parse_variable(Lexer &lexer, Space space, Linkage linkage) {
  Variable variable;
  variable.space = space;
  variable.linkage = linkage;
  uint64_t count = 1;
  uint32_t align = 0;
  bool typed = false;
  for (;;) {
    if (lexer.peek().kind != TokenKind::Word)
      lexer.fail("expected a variable before '" + std::string(lexer.peek().text) + "'");
    std::string_view word = lexer.peek().text;
    if (word[0] != '.')
      break;
    lexer.next();
    if (word == ".align")
      align = static_cast<uint32_t>(lexer.next().bits);
    else if (uint32_t width = vector_width(word))
      count *= width;
    else if (word == ".attribute") {
      lexer.expect('(');
      while (!lexer.accept(')'))
        variable.is_managed |= lexer.next().text == ".managed";
    } else if (word == ".ptr" || word == ".global" || word == ".shared" || word == ".const" ||
               word == ".local" || word == ".generic") {
      // what a kernel's pointer parameter points to: a hint
    } else if (auto type = parse_type(word.substr(1))) {
      variable.type = *type;
      typed = true;
    } else {
      lexer.fail("unknown directive '" + std::string(word) + "' in a declaration");
    }
  }
  if (!typed)
    lexer.fail("declaration without a type");
  uint32_t element = size_bytes(variable.type);
  variable.align_bytes = align ? align : element * static_cast<uint32_t>(count);
  variable.name = lexer.next().text;
  while (lexer.accept('[')) {
    if (lexer.accept(']')) {
      variable.is_dynamic = true;
      continue;
    }
    uint64_t extent = lexer.next().bits;
    if (extent && count > kMaxElements / extent)
      lexer.fail("array too large");
    count *= extent;
    lexer.expect(']');
  }
  if (lexer.accept('=')) {
    if (is_reference(variable.type)) {
      parse_properties(lexer, variable);
    } else if (lexer.peek().kind == TokenKind::String) { // only in hand-written PTX
      std::string_view text = lexer.next().text;
      for (char c : text)
        variable.init.push_back({.bits = static_cast<uint8_t>(c), .symbol = {}});
      variable.init.push_back({});
    } else {
      parse_initialiser(lexer, variable);
    }
  }
  if (variable.is_dynamic)
    count = variable.init.size();
  variable.size_bytes = count * element;
  return variable;
}

std::vector<Parameter> parse_parameters(Lexer &lexer) {
  std::vector<Parameter> parameters;
  lexer.expect('(');
  while (!lexer.accept(')')) {
    bool in_register = lexer.accept(".reg");
    if (!in_register && !lexer.accept(".param"))
      lexer.fail("expected .param or .reg before '" + std::string(lexer.peek().text) + "'");
    Variable variable = parse_variable(lexer, Space::Param, Linkage::Internal);
    parameters.push_back({variable.name, variable.type, static_cast<uint32_t>(variable.size_bytes),
                          variable.align_bytes, in_register});
    lexer.accept(',');
  }
  return parameters;
}

} // namespace softcuda::ptx
