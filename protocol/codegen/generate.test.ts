import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { generate, protocolHash, type Sources } from "./generate.ts";
import { extendLock, parseLock } from "./lock.ts";
import { toy, toyRows, toyWith } from "./toy.ts";

const goldens = join(dirname(fileURLToPath(import.meta.url)), "goldens");
const abi = new Map([
  ["frame.h", "#define GF_X 4u\nstruct gf_a { uint32_t b; uint32_t c[3]; };\n"],
]);
const sources = (api = toy): Sources => ({ api, opcodes: parseLock(extendLock("", [toy])), abi });

describe("generated files", () => {
  // `npx vitest -u protocol` renews the goldens after a change that is meant.
  for (const [path, text] of generate(sources())) {
    test(`${path} is as before`, async () => {
      await expect(text).toMatchFileSnapshot(join(goldens, path.replaceAll("/", "_")));
    });
  }

  test("the generator names no function of an API", () => {
    expect([...generate(sources()).values()].join("\n")).not.toMatch(/\bcu[A-Z]\w+\(/);
  });
});

describe("the protocol hash", () => {
  const hash = protocolHash(sources());
  const [first, ...others] = toyRows as [(typeof toyRows)[0], ...(typeof toyRows)[0][]];

  test("does not move with documentation", () => {
    expect(protocolHash(sources(toyWith([{ ...first, doc: "Other words." }, ...others])))).toBe(
      hash,
    );
  });
  test("moves with a row's arguments", () => {
    expect(
      protocolHash(sources(toyWith([{ ...first, args: first.args.slice(1) }, ...others]))),
    ).not.toBe(hash);
  });
  test("moves with an opcode", () => {
    const opcodes = new Map([...sources().opcodes, ["toyOpen", 99] as const]);
    expect(protocolHash({ ...sources(), opcodes })).not.toBe(hash);
  });
  test("moves with the ABI", () => {
    const moved = new Map([["frame.h", "struct gf_a { uint32_t b; uint32_t c[5]; };\n"]]);
    expect(protocolHash({ ...sources(), abi: moved })).not.toBe(hash);
  });
});
