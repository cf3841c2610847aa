/** The Khronos registry, read from its XML: commands, enums, types, and which feature or extension has which. */
import { XMLParser } from "fast-xml-parser";

export interface Param {
  readonly name: string;
  /** As C, with single blanks: `const GLchar *const*`. */
  readonly type: string;
  readonly len?: string;
  readonly class?: string;
  /** What values an enum may have, in the registry's words. */
  readonly group?: string;
}

export interface Command {
  readonly name: string;
  readonly result: string;
  readonly params: readonly Param[];
  readonly alias?: string;
}

export interface Feature {
  readonly name: string;
  readonly api: string;
  readonly commands: readonly string[];
}

export interface Registry {
  /** Typedefs, as C, in the registry's order. */
  readonly types: readonly string[];
  readonly enums: ReadonlyMap<string, string>;
  /** Names of enums by group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly commands: ReadonlyMap<string, Command>;
  readonly features: readonly Feature[];
  readonly extensions: readonly Feature[];
}

/** One element or text, in document order. */
type Node = Record<string, unknown> & { ":@"?: Record<string, string> };

const tagOf = (node: Node): string => Object.keys(node).find((k) => k !== ":@") ?? "";
const childrenOf = (node: Node): Node[] => {
  const inner = node[tagOf(node)];
  return Array.isArray(inner) ? (inner as Node[]) : [];
};
const attribute = (node: Node, name: string): string | undefined => node[":@"]?.[name];
const named = (nodes: readonly Node[], tag: string): Node[] =>
  nodes.filter((n) => tagOf(n) === tag);

const textOf = (node: Node, without?: string): string => {
  const tag = tagOf(node);
  if (tag === "#text") return String(node["#text"]);
  if (tag === without || tag === "apientry") return "";
  return childrenOf(node)
    .map((c) => textOf(c, without))
    .join("");
};

const cType = (text: string): string => text.replace(/\s+/g, " ").replace(/ \*/g, " *").trim();

const typed = (node: Node): { name: string; type: string } => ({
  name: named(childrenOf(node), "name").map((n) => textOf(n))[0] ?? "",
  type: cType(textOf(node, "name")),
});

const command = (node: Node): Command => {
  const children = childrenOf(node);
  const [proto] = named(children, "proto");
  if (proto === undefined) throw new Error("registry: a command without a proto");
  const { name, type } = typed(proto);
  const alias = named(children, "alias").map((a) => attribute(a, "name"))[0];
  return {
    name,
    result: type,
    params: named(children, "param").map((p) => {
      const len = attribute(p, "len");
      const of = attribute(p, "class");
      const group = attribute(p, "group");
      return {
        ...typed(p),
        ...(len && { len }),
        ...(of && { class: of }),
        ...(group && { group }),
      };
    }),
    ...(alias && { alias }),
  };
};

const required = (node: Node): string[] =>
  named(childrenOf(node), "require")
    .flatMap((r) => named(childrenOf(r), "command"))
    .map((c) => attribute(c, "name") ?? "");

const groupsOf = (enums: readonly Node[]): Map<string, string[]> => {
  const groups = new Map<string, string[]>();
  for (const e of enums) {
    for (const group of attribute(e, "group")?.split(",") ?? []) {
      groups.set(group, [...(groups.get(group) ?? []), attribute(e, "name") ?? ""]);
    }
  }
  return groups;
};

/** Throws an Error for what is no registry. */
export const parseRegistry = (xml: string): Registry => {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    trimValues: false,
    parseTagValue: false,
    parseAttributeValue: false,
  });
  const roots = parser.parse(xml) as Node[];
  const root = roots.find((n) => tagOf(n) === "registry");
  if (root === undefined) throw new Error("registry: not a Khronos registry: no <registry>");
  const top = childrenOf(root);
  const inside = (outer: string, inner: string): Node[] =>
    named(top, outer).flatMap((n) => named(childrenOf(n), inner));
  return {
    types: inside("types", "type").map((t) => textOf(t).trim()),
    enums: new Map(
      inside("enums", "enum").map((e) => [attribute(e, "name") ?? "", attribute(e, "value") ?? ""]),
    ),
    groups: groupsOf(inside("enums", "enum")),
    commands: new Map(
      inside("commands", "command").map((node) => {
        const c = command(node);
        return [c.name, c];
      }),
    ),
    features: named(top, "feature").map((f) => ({
      name: attribute(f, "name") ?? "",
      api: attribute(f, "api") ?? "",
      commands: required(f),
    })),
    extensions: inside("extensions", "extension").map((e) => ({
      name: attribute(e, "name") ?? "",
      api: attribute(e, "supported") ?? "",
      commands: required(e),
    })),
  };
};
