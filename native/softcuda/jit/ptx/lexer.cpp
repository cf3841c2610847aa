#include "ptx/lexer.h"

#include <array>
#include <bit>
#include <charconv>
#include <cstdlib>

namespace softcuda::ptx {
namespace {

constexpr auto kWordChars = [] {
  std::array<bool, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c)
    table[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c)
    table[c] = true;
  for (int c = '0'; c <= '9'; ++c)
    table[c] = true;
  table['_'] = table['$'] = table['%'] = table['.'] = true;
  return table;
}();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

uint64_t parse_hex(std::string_view digits, size_t &length) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  length = error == std::errc() ? end - digits.data() : 0;
  return value;
}

} // namespace

Lexer::Lexer(std::string_view text, uint32_t first_line) : text_(text), line_(first_line) {
  scan();
}

void Lexer::fail(const std::string &message) const { throw SyntaxError{token_line_, message}; }

void Lexer::skip_blanks() {
  while (position_ < text_.size()) {
    char c = text_[position_];
    if (c == '\n') {
      ++line_;
      ++position_;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\0') {
      ++position_;
    } else if (c == '/' && text_.substr(position_, 2) == "//") {
      position_ = std::min(text_.find('\n', position_), text_.size());
    } else if (c == '/' && text_.substr(position_, 2) == "/*") {
      size_t end = text_.find("*/", position_ + 2);
      if (end == std::string_view::npos)
        end = text_.size() - 2;
      for (; position_ < end + 2; ++position_)
        line_ += text_[position_] == '\n';
    } else {
      return;
    }
  }
}

void Lexer::scan() {
  skip_blanks();
  token_begin_ = position_;
  token_line_ = line_;
  current_ = {};
  if (position_ >= text_.size())
    return;
  char c = text_[position_];
  if (is_digit(c)) {
    scan_number();
    return;
  }
  if (c == '"') {
    size_t end = position_ + 1;
    while (end < text_.size() && text_[end] != '"')
      end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size())
      fail("unterminated string");
    current_ = {TokenKind::String, text_.substr(position_ + 1, end - position_ - 1)};
    position_ = end + 1;
    return;
  }
  if (kWordChars[static_cast<unsigned char>(c)]) {
    size_t end = position_ + 1;
    // "::" belongs to a word inside a suffix: ld.global.nc.L1::no_allocate, .shared::cta. Directives may stand
    // without a blank between them (.reg.f32 in cuda_bf16.hpp); the suffixes of an instruction are one word with it.
    while (end < text_.size() && !(c == '.' && text_[end] == '.') &&
           (kWordChars[static_cast<unsigned char>(text_[end])] ||
            (text_[end] == ':' && text_.substr(end, 2) == "::" && text_.size() > end + 2)))
      end += text_[end] == ':' ? 2 : 1;
    current_ = {TokenKind::Word, text_.substr(position_, end - position_)};
    position_ = end;
    return;
  }
  current_ = {TokenKind::Punct, text_.substr(position_, 1)};
  ++position_;
}

void Lexer::scan_number() {
  std::string_view rest = text_.substr(position_);
  size_t length = 0;
  char second = rest.size() > 1 ? rest[1] : '\0';
  current_.kind = TokenKind::Integer;
  if (rest[0] == '0' && (second == 'f' || second == 'F')) {
    current_.kind = TokenKind::Float32;
    current_.bits = parse_hex(rest.substr(2, 8), length);
    length += 2;
  } else if (rest[0] == '0' && (second == 'd' || second == 'D')) {
    current_.kind = TokenKind::Float64;
    current_.bits = parse_hex(rest.substr(2, 16), length);
    length += 2;
  } else if (rest[0] == '0' && (second == 'x' || second == 'X')) {
    current_.bits = parse_hex(rest.substr(2), length);
    length += 2;
  } else if (rest[0] == '0' && (second == 'b' || second == 'B')) {
    for (length = 2; length < rest.size() && (rest[length] == '0' || rest[length] == '1'); ++length)
      current_.bits = current_.bits << 1 | static_cast<uint64_t>(rest[length] - '0');
  } else {
    while (length < rest.size() && is_digit(rest[length]))
      ++length;
    bool fraction =
        length < rest.size() && rest[length] == '.' && length + 1 <= rest.size() &&
        (length + 1 == rest.size() || !std::isalpha(static_cast<unsigned char>(rest[length + 1])));
    bool exponent = length < rest.size() && (rest[length] == 'e' || rest[length] == 'E');
    if (fraction || exponent) {
      std::string copy(rest.substr(0, 64));
      char *end = nullptr;
      current_.kind = TokenKind::Float64;
      current_.bits = std::bit_cast<uint64_t>(std::strtod(copy.c_str(), &end));
      length = end - copy.c_str();
    } else {
      bool octal = rest[0] == '0' && length > 1;
      std::from_chars(rest.data(), rest.data() + length, current_.bits, octal ? 8 : 10);
    }
  }
  if (current_.kind == TokenKind::Integer && length < rest.size() && rest[length] == 'U') {
    current_.is_unsigned = true;
    ++length;
  }
  // Video instructions and parameter arrays never glue letters to a number: that is a typing error.
  if (length == 0 || (length < rest.size() &&
                      kWordChars[static_cast<unsigned char>(rest[length])] && rest[length] != '.'))
    fail("malformed number '" + std::string(rest.substr(0, length + 1)) + "'");
  current_.text = rest.substr(0, length);
  position_ += length;
}

Token Lexer::next() {
  Token token = current_;
  scan();
  return token;
}

bool Lexer::accept(char punct) {
  if (!current_.is(punct))
    return false;
  scan();
  return true;
}

bool Lexer::accept(std::string_view word) {
  if (!current_.is(word))
    return false;
  scan();
  return true;
}

void Lexer::expect(char punct) {
  if (!accept(punct))
    fail(std::string("expected '") + punct + "' before '" + std::string(current_.text) + "'");
}

std::string_view Lexer::skip_braces() {
  size_t begin = position_;
  for (int depth = 1; depth > 0; ++position_) {
    skip_blanks();
    if (position_ >= text_.size())
      fail("'{' without '}'");
    char c = text_[position_];
    if (c == '"')
      for (++position_; position_ < text_.size() && text_[position_] != '"'; ++position_)
        position_ += text_[position_] == '\\';
    else
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
  }
  std::string_view inside = text_.substr(begin, position_ - 1 - begin);
  scan();
  return inside;
}

} // namespace softcuda::ptx
