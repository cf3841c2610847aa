#include "program/object_loader.h"

#include <cstring>
#include <elf.h>
#include <stdexcept>
#include <sys/mman.h>
#include <vector>

namespace softcuda::jit {
namespace {

constexpr size_t kPageBytes = 4096;
constexpr size_t kStubBytes = 8; // jmp *[rip + offset of the symbol's GOT entry]

struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }

/// Bounds-checked view of the file: it may come from a damaged disk.
class File {
public:
  explicit File(std::string_view bytes) : bytes_(bytes) {}
  template <typename T> T at(uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T))
      throw Malformed("truncated object");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  std::string_view range(uint64_t offset, uint64_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size)
      throw Malformed("truncated object");
    return bytes_.substr(offset, size);
  }
  std::string_view text(uint64_t offset) const {
    if (offset >= bytes_.size())
      throw Malformed("truncated object");
    return bytes_.substr(offset, bytes_.find('\0', offset) - offset);
  }

private:
  std::string_view bytes_;
};

class Layout {
public:
  Layout(std::string_view object, const LoadedObject::Resolver &resolve)
      : file_(object), resolve_(resolve) {
    read_sections();
    read_symbols();
  }

  void place();
  void relocate();
  void protect() const {
    if (mprotect(memory_, code_bytes_, PROT_READ | PROT_EXEC) != 0 ||
        (total_bytes_ > code_bytes_ &&
         mprotect(memory_ + code_bytes_, total_bytes_ - code_bytes_, PROT_READ) != 0))
      throw Malformed("mprotect failed");
  }

  std::byte *memory_ = nullptr;
  size_t total_bytes_ = 0;
  std::unordered_map<std::string, void *> defined_;

private:
  struct Section {
    Elf64_Shdr header;
    std::byte *address = nullptr;
  };
  struct Symbol {
    Elf64_Sym entry;
    std::string_view name;
    uint64_t value = 0;
    size_t slot = SIZE_MAX; // of GOT and stub
  };

  void read_sections() {
    auto header = file_.at<Elf64_Ehdr>(0);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_machine != EM_X86_64 ||
        header.e_type != ET_REL)
      throw Malformed("no x86-64 object");
    for (unsigned i = 0; i < header.e_shnum; ++i)
      sections_.push_back({file_.at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr)), nullptr});
  }

  void read_symbols() {
    for (const Section &section : sections_) {
      if (section.header.sh_type != SHT_SYMTAB)
        continue;
      const Elf64_Shdr &names = sections_.at(section.header.sh_link).header;
      for (uint64_t offset = 0; offset < section.header.sh_size; offset += sizeof(Elf64_Sym)) {
        auto entry = file_.at<Elf64_Sym>(section.header.sh_offset + offset);
        symbols_.push_back({entry, file_.text(names.sh_offset + entry.st_name)});
      }
    }
  }

  bool is_loaded(const Section &section) const {
    return (section.header.sh_flags & SHF_ALLOC) && section.header.sh_size > 0 &&
           file_is_wanted(section.header.sh_type);
  }
  static bool file_is_wanted(uint32_t type) { return type == SHT_PROGBITS || type == SHT_NOBITS; }

  std::byte *slot_of(Symbol &symbol);
  void apply(std::byte *place, uint32_t type, Symbol &symbol, int64_t addend);

  File file_;
  const LoadedObject::Resolver &resolve_;
  std::vector<Section> sections_;
  std::vector<Symbol> symbols_;
  size_t code_bytes_ = 0;
  std::byte *stubs_ = nullptr;
  uint64_t *got_ = nullptr;
  size_t used_slots_ = 0;
};

// Code and stubs first, then constants and the GOT, all close enough for 32-bit offsets.
void Layout::place() {
  size_t offset = 0;
  std::vector<size_t> offsets(sections_.size());
  auto assign = [&](bool code) {
    for (size_t i = 0; i < sections_.size(); ++i) {
      const Elf64_Shdr &header = sections_[i].header;
      if (!is_loaded(sections_[i]) || ((header.sh_flags & SHF_EXECINSTR) != 0) != code)
        continue;
      offset = round_up(offset, std::max<uint64_t>(header.sh_addralign, 1));
      offsets[i] = offset;
      offset += header.sh_size;
    }
  };
  assign(true);
  size_t stub_offset = round_up(offset, 16);
  code_bytes_ = offset = round_up(stub_offset + symbols_.size() * kStubBytes, kPageBytes);
  assign(false);
  size_t got_offset = round_up(offset, sizeof(uint64_t));
  total_bytes_ = round_up(got_offset + symbols_.size() * sizeof(uint64_t), kPageBytes);
  if (total_bytes_ > (1ull << 30))
    throw Malformed("object too large");
  void *memory =
      mmap(nullptr, total_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    throw Malformed("no memory for code");
  memory_ = static_cast<std::byte *>(memory);
  stubs_ = memory_ + stub_offset;
  got_ = reinterpret_cast<uint64_t *>(memory_ + got_offset);
  for (size_t i = 0; i < sections_.size(); ++i) {
    if (!is_loaded(sections_[i]))
      continue;
    sections_[i].address = memory_ + offsets[i];
    if (sections_[i].header.sh_type == SHT_PROGBITS) {
      std::string_view bytes =
          file_.range(sections_[i].header.sh_offset, sections_[i].header.sh_size);
      std::memcpy(sections_[i].address, bytes.data(), bytes.size());
    }
  }
  for (Symbol &symbol : symbols_) {
    if (symbol.entry.st_shndx == SHN_UNDEF) {
      if (symbol.name.empty())
        continue;
      symbol.value = reinterpret_cast<uint64_t>(resolve_(symbol.name));
      if (!symbol.value)
        throw Malformed("undefined symbol '" + std::string(symbol.name) + "'");
    } else if (symbol.entry.st_shndx < sections_.size()) {
      symbol.value = reinterpret_cast<uint64_t>(sections_[symbol.entry.st_shndx].address) +
                     symbol.entry.st_value;
      if (!symbol.name.empty() && ELF64_ST_BIND(symbol.entry.st_info) != STB_LOCAL)
        defined_[std::string(symbol.name)] = reinterpret_cast<void *>(symbol.value);
    }
  }
}

std::byte *Layout::slot_of(Symbol &symbol) {
  if (symbol.slot == SIZE_MAX) {
    symbol.slot = used_slots_++;
    got_[symbol.slot] = symbol.value;
    std::byte *stub = stubs_ + symbol.slot * kStubBytes;
    auto *entry = reinterpret_cast<std::byte *>(&got_[symbol.slot]);
    auto offset = static_cast<int32_t>(entry - (stub + 6));
    stub[0] = std::byte{0xff}; // jmp *offset(%rip)
    stub[1] = std::byte{0x25};
    std::memcpy(stub + 2, &offset, sizeof offset);
  }
  return reinterpret_cast<std::byte *>(&got_[symbol.slot]);
}

void Layout::apply(std::byte *place, uint32_t type, Symbol &symbol, int64_t addend) {
  auto here = reinterpret_cast<uint64_t>(place);
  auto put32 = [&](uint64_t target) {
    auto value = static_cast<int64_t>(target + static_cast<uint64_t>(addend) - here);
    auto narrow = static_cast<int32_t>(value);
    if (narrow != value)
      throw Malformed("relocation out of range");
    std::memcpy(place, &narrow, sizeof narrow);
  };
  switch (type) {
  case R_X86_64_64: {
    uint64_t value = symbol.value + static_cast<uint64_t>(addend);
    std::memcpy(place, &value, sizeof value);
    return;
  }
  case R_X86_64_PC64: {
    uint64_t value = symbol.value + static_cast<uint64_t>(addend) - here;
    std::memcpy(place, &value, sizeof value);
    return;
  }
  case R_X86_64_PC32:
  case R_X86_64_PLT32:
    if (symbol.entry.st_shndx != SHN_UNDEF)
      return put32(symbol.value);
    slot_of(symbol);
    return put32(reinterpret_cast<uint64_t>(stubs_ + symbol.slot * kStubBytes));
  case R_X86_64_GOTPCREL:
  case R_X86_64_GOTPCRELX:
  case R_X86_64_REX_GOTPCRELX:
    return put32(reinterpret_cast<uint64_t>(slot_of(symbol)));
  default:
    throw Malformed("unknown relocation " + std::to_string(type));
  }
}

void Layout::relocate() {
  for (const Section &section : sections_) {
    if (section.header.sh_type != SHT_RELA)
      continue;
    const Section &target = sections_.at(section.header.sh_info);
    if (!target.address)
      continue;
    for (uint64_t offset = 0; offset < section.header.sh_size; offset += sizeof(Elf64_Rela)) {
      auto entry = file_.at<Elf64_Rela>(section.header.sh_offset + offset);
      if (entry.r_offset + 8 > target.header.sh_size + 4)
        throw Malformed("relocation outside of its section");
      apply(target.address + entry.r_offset, ELF64_R_TYPE(entry.r_info),
            symbols_.at(ELF64_R_SYM(entry.r_info)), entry.r_addend);
    }
  }
}

} // namespace

std::unique_ptr<LoadedObject> LoadedObject::load(std::string_view object, const Resolver &resolve,
                                                 std::string &error) {
  std::byte *memory = nullptr;
  size_t bytes = 0;
  try {
    Layout layout(object, resolve);
    layout.place();
    memory = layout.memory_;
    bytes = layout.total_bytes_;
    layout.relocate();
    layout.protect();
    std::unique_ptr<LoadedObject> loaded(new LoadedObject);
    loaded->memory_ = memory;
    loaded->size_bytes_ = bytes;
    loaded->symbols_ = std::move(layout.defined_);
    return loaded;
  } catch (const std::exception &problem) {
    error = problem.what();
    if (memory)
      munmap(memory, bytes);
    return nullptr;
  }
}

LoadedObject::~LoadedObject() {
  if (memory_)
    munmap(memory_, size_bytes_);
}

void *LoadedObject::symbol(std::string_view name) const {
  auto found = symbols_.find(std::string(name));
  return found == symbols_.end() ? nullptr : found->second;
}

} // namespace softcuda::jit
