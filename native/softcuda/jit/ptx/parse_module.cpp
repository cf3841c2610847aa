#include "ptx/parser.h"

namespace softcuda::ptx {
namespace {

int parse_sm(std::string_view target) { // sm_90a, compute_75, sm_100f
  size_t digits = target.find('_');
  int sm = 0;
  for (size_t i = digits + 1; digits != std::string_view::npos && i < target.size(); ++i)
    if (target[i] >= '0' && target[i] <= '9')
      sm = sm * 10 + (target[i] - '0');
  return sm;
}

class ModuleParser {
public:
  ModuleParser(std::string_view text, std::string name) : lexer_(text) {
    module_.name = std::move(name);
  }

  Module parse() {
    while (lexer_.peek().kind != TokenKind::End)
      parse_item();
    return std::move(module_);
  }

private:
  void parse_version() {
    // "9.0" is lexed as a decimal literal; keep its text
    Token token = lexer_.next();
    size_t dot = token.text.find('.');
    module_.version = std::atoi(std::string(token.text).c_str()) * 10 +
                      (dot == std::string_view::npos ? 0 : token.text[dot + 1] - '0');
  }

  void skip_line_directive() { // .file 1 "x.cu", .loc 1 2 3, .loc …, function_name $x, inlined_at …
    uint32_t line = lexer_.line();
    while (lexer_.peek().kind != TokenKind::End && lexer_.line() == line)
      lexer_.next();
  }

  void parse_item() {
    Token token = lexer_.next();
    std::string_view word = token.text;
    if (word == ".version") {
      parse_version();
    } else if (word == ".target") {
      do {
        std::string_view target = lexer_.next().text;
        if (target.starts_with("sm_") || target.starts_with("compute_"))
          module_.target_sm = parse_sm(target);
      } while (lexer_.accept(','));
    } else if (word == ".address_size") {
      if (lexer_.next().bits != 64)
        lexer_.fail("only .address_size 64 is supported");
    } else if (word == ".file" || word == ".loc") {
      skip_line_directive();
    } else if (word == ".pragma") {
      while (!lexer_.accept(';'))
        lexer_.next();
    } else if (word == ".section") {
      lexer_.next();
      lexer_.skip_braces();
    } else if (word == ".alias") {
      std::string_view alias = lexer_.next().text;
      lexer_.expect(',');
      module_.aliases.emplace_back(alias, lexer_.next().text);
      lexer_.expect(';');
    } else if (!token.is(';')) {
      parse_declaration(word);
    }
  }

  void parse_declaration(std::string_view word) {
    Linkage linkage = Linkage::Internal;
    for (;; word = lexer_.next().text) {
      if (word == ".visible")
        linkage = Linkage::Visible;
      else if (word == ".extern")
        linkage = Linkage::Extern;
      else if (word == ".weak")
        linkage = Linkage::Weak;
      else if (word == ".common")
        linkage = Linkage::Common;
      else
        break;
    }
    if (word == ".entry" || word == ".func")
      return parse_function(word == ".entry", linkage);
    Space space;
    if (word == ".global")
      space = Space::Global;
    else if (word == ".const")
      space = Space::Const;
    else if (word == ".shared")
      space = Space::Shared;
    else if (word == ".tex") // of the oldest dialects: `.tex .u32 name` is a texture reference
      space = Space::Global;
    else
      lexer_.fail("unknown directive '" + std::string(word) + "'");
    if (lexer_.accept('[')) { // .const[3], of the oldest dialects
      lexer_.next();
      lexer_.expect(']');
    }
    bool is_texture = word == ".tex";
    do {
      Variable variable = parse_variable(lexer_, space, linkage);
      if (is_texture) {
        variable.type = Type::TexRef;
        variable.size_bytes = variable.align_bytes = size_bytes(Type::TexRef);
      }
      module_.variables.push_back(std::move(variable));
    } while (lexer_.accept(','));
    lexer_.expect(';');
  }

  void parse_function(bool is_kernel, Linkage linkage) {
    Function function;
    function.is_kernel = is_kernel;
    function.linkage = linkage;
    if (lexer_.accept(".attribute"))
      skip_parentheses();
    if (lexer_.peek().is('('))
      function.signature.returns = parse_parameters(lexer_);
    function.name = lexer_.next().text;
    if (lexer_.peek().is('('))
      function.signature.params = parse_parameters(lexer_);
    parse_tuning(function);
    if (lexer_.peek().is('{')) {
      function.is_defined = true;
      function.body_line = lexer_.line();
      function.body = lexer_.skip_braces();
    } else {
      lexer_.accept(';');
    }
    module_.functions.push_back(std::move(function));
  }

  void skip_parentheses() {
    lexer_.expect('(');
    while (!lexer_.accept(')'))
      lexer_.next();
  }

  uint32_t parse_extent() {
    uint64_t product = 1;
    do
      product *= lexer_.next().bits;
    while (lexer_.accept(','));
    return static_cast<uint32_t>(product);
  }

  void parse_tuning(Function &function) {
    while (lexer_.peek().kind == TokenKind::Word && lexer_.peek().text[0] == '.') {
      std::string_view word = lexer_.peek().text;
      if (word == ".maxntid" || word == ".reqntid") {
        lexer_.next();
        function.max_threads = parse_extent();
      } else if (word == ".minnctapersm") {
        lexer_.next();
        function.min_blocks = parse_extent();
      } else if (word == ".maxnreg") {
        lexer_.next();
        function.max_registers = parse_extent();
      } else if (word == ".maxnctapersm" || word == ".maxclusterrank") {
        lexer_.next();
        parse_extent();
      } else if (word == ".reqnctapercluster") {
        lexer_.next();
        for (uint32_t &extent : function.cluster)
          extent = 1;
        size_t axis = 0;
        do
          if (uint64_t extent = lexer_.next().bits; axis < 3)
            function.cluster[axis++] = static_cast<uint32_t>(extent);
        while (lexer_.accept(','));
      } else if (word == ".explicitcluster") {
        lexer_.next();
        function.is_explicit_cluster = true;
      } else if (word == ".noreturn") {
        lexer_.next();
        function.is_noreturn = true;
      } else if (word == ".blocksareclusters") { // whose grids count clusters
        lexer_.fail("unsupported directive '.blocksareclusters'");
      } else if (word == ".abi_preserve" || word == ".abi_preserve_control") {
        lexer_.next();
        lexer_.next();
      } else if (word == ".pragma") {
        while (!lexer_.accept(';'))
          lexer_.next();
      } else {
        break;
      }
    }
  }

  Lexer lexer_;
  Module module_;
};

} // namespace

Module parse_module(std::string_view text, std::string name) {
  return ModuleParser(text, std::move(name)).parse();
}

} // namespace softcuda::ptx
