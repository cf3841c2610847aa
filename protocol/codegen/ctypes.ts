/** What the generator knows of C types: the width a scalar has on the wire, and what stands in a record. */
import type { Api, Field, RecordDecl, TypeDecl } from "../api/model.ts";

/** How a C type travels in a wire structure. */
export type WireShape =
  | { kind: "scalar"; wire: "uint64_t" | "uint32_t" | "int32_t" | "float"; pointer: boolean }
  /** Embedded as it is. */
  | { kind: "record"; type: string };

const SCALARS: Readonly<Record<string, "uint64_t" | "uint32_t" | "int32_t" | "float">> = {
  int: "int32_t",
  "unsigned int": "uint32_t",
  "unsigned short": "uint32_t",
  "unsigned char": "uint32_t",
  char: "int32_t",
  float: "float",
  size_t: "uint64_t",
  uint32_t: "uint32_t",
  uint64_t: "uint64_t",
  "long long": "uint64_t",
  "unsigned long long": "uint64_t",
};

export const isPointer = (type: string): boolean => type.trimEnd().endsWith("*");

/** `const T *` → `T`; the pointee of a pointer type. */
export const pointee = (type: string): string =>
  type
    .trimEnd()
    .replace(/\*$/, "")
    .replace(/^const /, "")
    .trim();

export class TypeTable {
  private readonly byName = new Map<string, TypeDecl>();
  readonly kinds: readonly string[];

  constructor(private readonly api: Api) {
    for (const decl of api.types) {
      if (decl.kind === "enum" || decl.kind === "record") {
        for (const name of [
          ...decl.names,
          `struct ${decl.tag}`,
          `union ${decl.tag}`,
          `enum ${decl.tag}`,
        ]) {
          this.byName.set(name, decl);
        }
      } else if (decl.kind !== "constant") {
        this.byName.set(decl.name, decl);
      }
    }
    const named = api.types.flatMap((t) => (t.kind === "handle" && t.of !== null ? [t.of] : []));
    this.kinds = [...named, ...api.numberKinds.map((k) => k.kind)];
  }

  find(type: string): TypeDecl | undefined {
    return this.byName.get(type);
  }

  /** The kind under which values of this type are guest handles, if they are. */
  handleKind(type: string): string | undefined {
    const decl = this.byName.get(type);
    return decl?.kind === "handle" && decl.of !== null ? decl.of : undefined;
  }

  /** The handle type of a kind; undefined for kinds that are numbers in C. */
  handleType(kind: string): Extract<TypeDecl, { kind: "handle" }> | undefined {
    return this.api.types.find(
      (t): t is Extract<TypeDecl, { kind: "handle" }> => t.kind === "handle" && t.of === kind,
    );
  }

  /** How a value of this type travels; undefined if the description does not know the type. */
  shape(type: string): WireShape | undefined {
    if (isPointer(type)) return { kind: "scalar", wire: "uint64_t", pointer: true };
    const scalar = SCALARS[type];
    if (scalar !== undefined) return { kind: "scalar", wire: scalar, pointer: false };
    const decl = this.byName.get(type);
    switch (decl?.kind) {
      case "alias":
        return this.shape(decl.type);
      case "enum":
        return { kind: "scalar", wire: "int32_t", pointer: false };
      case "handle":
      case "callback":
        return { kind: "scalar", wire: "uint64_t", pointer: true };
      case "record":
        return { kind: "record", type };
      default:
        return undefined;
    }
  }

  /** The alignment that a record asks for, itself or by a member; 8 where it asks for none. */
  recordAlignment(type: string): number {
    const decl = this.byName.get(type.replace(/\[.*$/, ""));
    if (decl?.kind === "alias") return this.recordAlignment(decl.type);
    return decl?.kind === "record" ? this.alignmentOf(decl.record) : 8;
  }

  private alignmentOf(record: RecordDecl): number {
    return Math.max(
      8,
      ...record.fields.map(([, type, alignBytes = 8]) =>
        Math.max(
          alignBytes,
          typeof type === "string" ? this.recordAlignment(type) : this.alignmentOf(type),
        ),
      ),
    );
  }

  /** Pointer members of a record, as paths: a guest's pointers must not reach the driver. */
  pointerMembers(type: string): string[] {
    const decl = this.byName.get(type);
    return decl?.kind === "record" && !decl.record.union ? this.pointersIn(decl.record) : [];
  }

  private pointersIn(record: RecordDecl, prefix = ""): string[] {
    return record.fields.flatMap(([name, type]: Field) => {
      if (typeof type !== "string")
        return type.union ? [] : this.pointersIn(type, name ? `${prefix}${name}.` : prefix);
      if (isPointer(type)) return [`${prefix}${name}`];
      const inner = this.byName.get(type);
      return inner?.kind === "record" && !inner.record.union
        ? this.pointersIn(inner.record, `${prefix}${name}.`)
        : [];
    });
  }
}
