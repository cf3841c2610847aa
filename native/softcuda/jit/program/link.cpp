#include "program/link.h"

#include "abi.h"
#include "ptx/parser.h"

#include <algorithm>
#include <unordered_set>

namespace softcuda::jit {

bool is_runtime_function(std::string_view name) {
  return name == "vprintf" || name == "__assertfail" || name == "malloc" || name == "free" ||
         name == "cudaGraphSetConditional" || name == "cudaCGGetIntrinsicHandle" ||
         name == "cudaCGSynchronize";
}

bool is_device_runtime_function(std::string_view name) {
  return name.starts_with("cnp") || name.starts_with("__cuda_syscall_");
}

std::vector<Param> parameter_layout(const ptx::Signature &signature) {
  std::vector<Param> layout;
  uint32_t offset = 0;
  for (const ptx::Parameter &parameter : signature.params) {
    uint32_t align = std::max(parameter.align_bytes, 1u);
    offset = (offset + align - 1) / align * align;
    layout.push_back({offset, parameter.size_bytes});
    offset += parameter.size_bytes;
  }
  return layout;
}

LinkedProgram::LinkedProgram(std::span<const PtxSource> sources, Status &status) {
  texts.reserve(sources.size());
  for (const PtxSource &source : sources) {
    texts.emplace_back(source.text.substr(0, source.text.find('\0')));
    try {
      modules.push_back(ptx::parse_module(texts.back(), source.name));
      modules.back().max_registers = source.max_registers;
    } catch (const ptx::SyntaxError &error) {
      status = {218, "ptxas " + source.name + ", line " + std::to_string(error.line) +
                         "; error   : " + error.message};
      return;
    }
  }
  collect();
  for (LinkedFunction &function : functions) {
    try {
      scan(function);
    } catch (const ptx::SyntaxError &error) {
      status = {218, "ptxas " + modules[function.module].name + ", line " +
                         std::to_string(error.line) + "; error   : " + error.message};
      return;
    }
  }
  for (const LinkedVariable &variable : variables)
    for (const ptx::InitialValue &value : variable.variable->init)
      if (auto symbol = resolve(variable.module, value.symbol);
          symbol && symbol->kind == Symbol::Function && !functions[symbol->id].function->is_kernel)
        address_taken.insert(symbol->id);
  for (uint32_t id = 0; id < functions.size(); ++id)
    for (uint32_t callee : functions[id].functions) {
      const ptx::Function &target = *functions[callee].function;
      if (target.is_defined || is_runtime_function(target.name) ||
          is_device_runtime_function(target.name))
        continue;
      status = {218, "error   : Undefined reference to '" + std::string(target.name) + "' in '" +
                         modules[functions[id].module].name + "'"};
      return;
    }
  for (const LinkedVariable &variable : variables)
    if (variable.variable->linkage == ptx::Linkage::Extern && !variable.variable->is_dynamic) {
      status = {218, "error   : Undefined reference to '" + std::string(variable.variable->name) +
                         "' in '" + modules[variable.module].name + "'"};
      return;
    }
}

bool LinkedProgram::is_better(const Symbol &candidate, const Symbol &present) const {
  if (candidate.kind != present.kind)
    return false;
  if (candidate.kind == Symbol::Function) {
    const ptx::Function &a = *functions[candidate.id].function,
                        &b = *functions[present.id].function;
    return a.is_defined && (!b.is_defined || (b.linkage == ptx::Linkage::Weak &&
                                              a.linkage == ptx::Linkage::Visible));
  }
  const ptx::Variable &a = *variables[candidate.id].variable, &b = *variables[present.id].variable;
  auto rank = [](const ptx::Variable &v) {
    switch (v.linkage) {
    case ptx::Linkage::Extern:
      return 0;
    case ptx::Linkage::Common:
      return 1;
    case ptx::Linkage::Weak:
      return 2;
    default:
      return 3;
    }
  };
  return rank(a) > rank(b) || (rank(a) == rank(b) && a.size_bytes > b.size_bytes);
}

void LinkedProgram::collect() {
  locals_.resize(modules.size());
  for (uint32_t m = 0; m < modules.size(); ++m) {
    for (const ptx::Function &function : modules[m].functions) {
      Symbol symbol{Symbol::Function, static_cast<uint32_t>(functions.size())};
      functions.push_back({&function, m, {}, {}, {}, 0});
      define(m, function.name, symbol, function.linkage);
    }
    for (const ptx::Variable &variable : modules[m].variables) {
      Symbol symbol{Symbol::Variable, static_cast<uint32_t>(variables.size())};
      variables.push_back({&variable, m});
      define(m, variable.name, symbol, variable.linkage);
    }
    for (auto [alias, aliasee] : modules[m].aliases)
      if (auto target = resolve(m, aliasee)) {
        locals_[m][alias] = *target;
        globals_[alias] = *target;
      }
  }
  // Only the winning definition of each name stays a variable of the program.
  for (uint32_t id = 0; id < variables.size(); ++id) {
    const LinkedVariable variable = variables[id];
    auto winner = resolve(variable.module, variable.variable->name);
    if (winner && winner->kind == Symbol::Variable && winner->id != id)
      variables[id] = variables[winner->id];
  }
}

void LinkedProgram::define(uint32_t module, std::string_view name, Symbol symbol,
                           ptx::Linkage linkage) {
  // A static function may be declared first and defined later in the same unit.
  Table &table = linkage == ptx::Linkage::Internal ? locals_[module] : globals_;
  auto [entry, inserted] = table.try_emplace(name, symbol);
  if (!inserted && is_better(symbol, entry->second))
    entry->second = symbol;
}

std::optional<Symbol> LinkedProgram::resolve(uint32_t module, std::string_view name) const {
  if (auto found = locals_[module].find(name); found != locals_[module].end())
    return found->second;
  if (auto found = globals_.find(name); found != globals_.end())
    return found->second;
  return std::nullopt;
}

void LinkedProgram::scan(LinkedFunction &linked) {
  if (!linked.function->is_defined)
    return;
  ptx::Lexer lexer(linked.function->body, linked.function->body_line);
  std::unordered_set<uint32_t> seen_functions, seen_variables;
  bool in_call = false;
  while (lexer.peek().kind != ptx::TokenKind::End) {
    ptx::Token token = lexer.next();
    if (token.is(';'))
      in_call = false;
    if (token.is("call") || (token.kind == ptx::TokenKind::Word && token.text.starts_with("call.")))
      in_call = true;
    if (token.kind != ptx::TokenKind::Word || token.text[0] == '%')
      continue;
    if (token.text == ".shared") {
      do
        linked.shared.push_back(
            ptx::parse_variable(lexer, ptx::Space::Shared, ptx::Linkage::Internal));
      while (lexer.accept(','));
    } else if (token.text == ".local") {
      ptx::Variable depot = ptx::parse_variable(lexer, ptx::Space::Local, ptx::Linkage::Internal);
      linked.local_bytes += static_cast<uint32_t>(depot.size_bytes);
    } else if (token.text[0] != '.') {
      auto symbol = resolve(linked.module, token.text);
      if (!symbol)
        continue;
      if (symbol->kind == Symbol::Function && !in_call &&
          !functions[symbol->id].function->is_kernel)
        address_taken.insert(symbol->id);
      if (symbol->kind == Symbol::Function && seen_functions.insert(symbol->id).second)
        linked.functions.push_back(symbol->id);
      if (symbol->kind == Symbol::Variable && seen_variables.insert(symbol->id).second)
        linked.variables.push_back(symbol->id);
    }
  }
}

std::vector<uint32_t> LinkedProgram::reachable(uint32_t root) const {
  std::vector<uint32_t> order{root};
  std::unordered_set<uint32_t> seen{root};
  for (size_t i = 0; i < order.size(); ++i) {
    if (is_runtime_function(functions[order[i]].function->name))
      continue; // whatever a library's definition calls
    for (uint32_t callee : functions[order[i]].functions)
      if (seen.insert(callee).second)
        order.push_back(callee);
  }
  return order;
}

SharedLayout LinkedProgram::shared_layout(uint32_t root) const {
  SharedLayout layout;
  uint32_t dynamic_align = 16;
  auto place = [&](const ptx::Variable &variable) {
    uint32_t align = std::max(variable.align_bytes, 1u);
    uint32_t offset = (layout.static_bytes + align - 1) / align * align;
    // More than any device has is cut: the launch is refused for it all the same.
    layout.static_bytes =
        offset + static_cast<uint32_t>(std::min<uint64_t>(variable.size_bytes, 1u << 28));
    return kSharedStart + offset;
  };
  for (uint32_t id : reachable(root)) {
    for (const ptx::Variable &variable : functions[id].shared)
      layout.of_function[id][variable.name] = place(variable);
    for (uint32_t v : functions[id].variables) {
      const ptx::Variable &variable = *variables[v].variable;
      if (variable.space != ptx::Space::Shared || layout.of_module.contains(v))
        continue;
      if (variable.is_dynamic && variable.size_bytes == 0)
        dynamic_align = std::max(dynamic_align, variable.align_bytes);
      else
        layout.of_module[v] = place(variable);
    }
  }
  layout.dynamic_offset =
      kSharedStart + (layout.static_bytes + dynamic_align - 1) / dynamic_align * dynamic_align;
  for (uint32_t id : reachable(root))
    for (uint32_t v : functions[id].variables)
      if (const ptx::Variable &variable = *variables[v].variable;
          variable.space == ptx::Space::Shared && variable.is_dynamic && variable.size_bytes == 0)
        layout.of_module[v] = layout.dynamic_offset;
  return layout;
}

} // namespace softcuda::jit
