# From `readelf -W --dyn-syms` of a library of glibc or GCC: an assembler file and a version script of a library that can
# only be linked against, with what FLOOR had. Of several versions of a name the newest that is old enough is the one
# that a linker would have found there.
#   awk -v family=GLIBC -v floor=2.28 -v only=REGEX -v except=REGEX -v assembler=OUT.S -v script=OUT.map -f stub.awk

function as_number(version, part) {
  split(version, part, ".")
  return part[1] * 1000000 + part[2] * 1000 + part[3]
}

$7 ~ /^[0-9]+$|^ABS$/ && $8 ~ "@" family "_[0-9.]+$" && $5 ~ /^(GLOBAL|WEAK|UNIQUE)$/ {
  split($8, word, /@+/)
  name = word[1]
  version = substr(word[2], length(family) + 2)
  if (name !~ only || (except != "" && name ~ except)) next
  # They lay in libresolv, which nothing of ours is linked with: a use of them shall fail at once.
  if (name ~ /^(ns_|res_|dn_|__res_|__dn_|__ns_)/) next
  if ($4 !~ /^(FUNC|IFUNC|OBJECT)$/ || name ~ "^" family "_") next
  if (as_number(version) > as_number(floor)) next
  if (name in chosen && as_number(chosen[name]) >= as_number(version)) next
  chosen[name] = version
  kind[name] = $4 == "OBJECT" ? "object" : "function"
  size[name] = $3
}

END {
  print ".text" > assembler
  for (name in chosen) {
    if (!(chosen[name] in names)) versions[++count] = chosen[name]
    names[chosen[name]] = names[chosen[name]] " " name ";"
    if (kind[name] == "object")
      printf ".section .data.%s,\"aw\"\n.globl %s\n.type %s,@object\n.size %s,%s\n%s: .zero %s\n",
             name, name, name, name, size[name], name, size[name] > assembler
    else
      printf ".text\n.globl %s\n.type %s,@function\n%s: ret\n", name, name, name > assembler
  }
  print ".section .note.GNU-stack,\"\",@progbits" > assembler
  # A version inherits from none here: only names count for a linker.
  for (i = 1; i <= count; i++) printf "%s_%s {%s };\n", family, versions[i], names[versions[i]] > script
  if (count == 0) exit 1
}
