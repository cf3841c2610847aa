/**
 * Reads protocol/abi/*.h for the languages that cannot include them: constants and structure layouts. The headers keep
 * to fixed widths and name their padding, so that a small reader suffices; what it does not understand is an error.
 */

export interface AbiField {
  readonly name: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}
export interface AbiStruct {
  readonly name: string;
  readonly sizeBytes: number;
  readonly fields: readonly AbiField[];
}

const WIDTH_BYTES: Readonly<Record<string, number>> = {
  uint8_t: 1,
  char: 1,
  uint16_t: 2,
  uint32_t: 4,
  int32_t: 4,
  float: 4,
  uint64_t: 8,
  int64_t: 8,
};

const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");

/** `256ull << 20`, `64u`, `UINT64_MAX`, `1u << 3` → a number; undefined for anything else. */
const evaluate = (text: string): bigint | undefined => {
  const term = (t: string): bigint | undefined => {
    const match = /^(0x[0-9a-fA-F]+|\d+)(?:[uU]?[lL]{0,2})$/.exec(t.trim());
    return match ? BigInt(match[1] as string) : undefined;
  };
  const plain = text.trim().replace(/^\((.*)\)$/, "$1");
  if (plain === "UINT64_MAX") return 0xffffffffffffffffn;
  const shift = /^(.+?)<<(.+)$/.exec(plain);
  if (!shift) return term(plain);
  const [left, right] = [term(shift[1] as string), term(shift[2] as string)];
  return left === undefined || right === undefined ? undefined : left << right;
};

/** `#define GF_X value` and enumerators `GF_X = value`, of all sources, in order. */
export const readConstants = (sources: readonly string[]): Map<string, bigint> => {
  const constants = new Map<string, bigint>();
  for (const source of sources.map(withoutComments)) {
    for (const [, name, text] of source.matchAll(/^#define (GF_\w+) (.+)$|^\s+(?:GF_\w+) = /gm)) {
      const value = name && text ? evaluate(text) : undefined;
      if (name && value !== undefined) constants.set(name, value);
    }
    for (const [, name, text] of source.matchAll(/^\s+(GF_\w+) = ([^,]+),/gm)) {
      const value = evaluate(text as string);
      if (value === undefined) throw new Error(`protocol/abi: ${name} = ${text}: not a number`);
      constants.set(name as string, value);
    }
  }
  return constants;
};

/** Structures made of fixed-width members. Throws for a member it cannot lay out or padding that has no name. */
export const readStructs = (sources: readonly string[]): AbiStruct[] =>
  sources.map(withoutComments).flatMap((source) =>
    [...source.matchAll(/struct (gf_\w+) \{([^}]*)\};/g)].map(([, name, body]) => {
      let offsetBytes = 0;
      const fields = (body as string)
        .split(";")
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .map((line): AbiField => {
          const match = /^(\w+) (\w+)(?:\[(\d+)\])?$/.exec(line);
          const width = match ? WIDTH_BYTES[match[1] as string] : undefined;
          if (!match || width === undefined)
            throw new Error(`protocol/abi: struct ${name}: cannot read "${line}"`);
          if (offsetBytes % width !== 0)
            throw new Error(`protocol/abi: struct ${name}: unnamed padding before "${line}"`);
          const field = {
            name: match[2] as string,
            offsetBytes,
            sizeBytes: width * Number(match[3] ?? 1),
          };
          offsetBytes += field.sizeBytes;
          return field;
        });
      return { name: name as string, sizeBytes: offsetBytes, fields };
    }),
  );
