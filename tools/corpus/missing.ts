/** What a program asked for and did not get, from the lines that the software device and the shim log about it. */

export interface Missing {
  readonly kind: "api" | "instruction" | "image";
  /** An entry point, an instruction as it is spelt in PTX, or what is wrong with an image. */
  readonly name: string;
}

const LINES: readonly { readonly pattern: RegExp; readonly kind: Missing["kind"] }[] = [
  { pattern: /^(?:softcuda|gpuferry): (\w+) is not supported: /, kind: "api" },
  {
    pattern: /^softcuda: .*cannot be (?:compiled|loaded).*?unsupported instruction '([^']+)'/,
    kind: "instruction",
  },
  {
    pattern: /^softcuda: kernel .* cannot be compiled: (?:.*\bline \d+:? )?(.+)$/,
    kind: "instruction",
  },
  { pattern: /^softcuda: a module cannot be loaded(?: \(error \d+\))?: (.+)$/, kind: "image" },
];

/** Each thing once, in the order in which it was missed. */
export function missingIn(stderr: string): Missing[] {
  const found = new Map<string, Missing>();
  for (const line of stderr.split("\n")) {
    for (const { pattern, kind } of LINES) {
      const match = pattern.exec(line.trim());
      if (match === null) continue;
      const name = match[1]!.slice(0, 120);
      found.set(`${kind} ${name}`, { kind, name });
      break;
    }
  }
  return [...found.values()];
}
