// PTX tokens. Tokens are views into the source text, which must outlive them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace softcuda::ptx {

enum class TokenKind : uint8_t {
  End,
  Word,    // identifier, register, opcode with its dotted suffixes, or directive (starts with '.')
  Integer, // value in `bits`
  Float32, // 0fXXXXXXXX: the bits
  Float64, // 0dXXXXXXXXXXXXXXXX or a decimal literal: the bits
  String,  // without the quotes, escapes untouched
  Punct,   // one character, in text[0]
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::string_view text;
  uint64_t bits = 0;
  bool is_unsigned = false; // integer literal with U suffix
  bool is(char c) const { return kind == TokenKind::Punct && text[0] == c; }
  bool is(std::string_view word) const { return kind == TokenKind::Word && text == word; }
};

/// A failure at a place of the source; the loader turns it into CUDA_ERROR_INVALID_PTX with a log.
struct SyntaxError {
  uint32_t line;
  std::string message;
};

class Lexer {
public:
  explicit Lexer(std::string_view text, uint32_t first_line = 1);

  const Token &peek() const { return current_; }
  Token next();
  bool accept(char punct);
  bool accept(std::string_view word);
  void expect(char punct);
  uint32_t line() const { return token_line_; }
  /// Where the current token starts, as an offset into the text.
  size_t offset() const { return token_begin_; }
  /// The current token is '{': moves behind the matching '}' without looking closer, returns the text between.
  std::string_view skip_braces();
  /// Throws SyntaxError at the current token.
  [[noreturn]] void fail(const std::string &message) const;

private:
  void scan();
  void skip_blanks();
  void scan_number();

  std::string_view text_;
  size_t position_ = 0, token_begin_ = 0;
  uint32_t line_, token_line_ = 1;
  Token current_;
};

} // namespace softcuda::ptx
