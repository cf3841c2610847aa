// PTX text to AST. Both functions throw SyntaxError.
#pragma once

#include "ptx/ast.h"
#include "ptx/lexer.h"

namespace softcuda::ptx {

/// Declarations and signatures of a translation unit; bodies stay text.
Module parse_module(std::string_view text, std::string name);

/// The body of a function: registers, variables and instructions, all scopes resolved.
Body parse_body(const Function &function);

// Shared between the two parsers.
Variable parse_variable(Lexer &lexer, Space space, Linkage linkage);
/// "(" parameters ")", also of prototypes, whose names are "_".
std::vector<Parameter> parse_parameters(Lexer &lexer);

} // namespace softcuda::ptx
