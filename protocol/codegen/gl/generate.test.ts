import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Overlay } from "../../api/gl/model.ts";
import { extendLockBy, parseLock } from "../lock.ts";
import { agreedOn, generateGl } from "./generate.ts";
import { planGl, wiredSymbols } from "./plan.ts";
import { parseRegistry } from "./registry.ts";
import { toyOverlay, toyXml } from "./toy.ts";

const goldens = join(dirname(fileURLToPath(import.meta.url)), "../goldens");
const registry = parseRegistry(toyXml);
const lock = extendLockBy("", wiredSymbols(toyOverlay, registry));
const plan = (overlay: Overlay = toyOverlay) => planGl(overlay, registry, parseLock(lock));

describe("generated files", () => {
  // `npx vitest -u protocol` renews the goldens after a change that is meant.
  for (const [path, text] of generateGl(plan())) {
    test(`${path} is as before`, async () => {
      await expect(text).toMatchFileSnapshot(join(goldens, path.replaceAll("/", "_")));
    });
  }

  test("the generator names no command of OpenGL", () => {
    expect([...generateGl(plan()).values()].join("\n")).not.toMatch(/\bgl[A-Z]\w+/);
  });
});

describe("extensions that may be advertised", () => {
  const list = generateGl(plan()).get("c/gl_extensions.inc") as string;
  test("are those whose commands are all forwarded, or that have none", () => {
    expect(list).toContain('"GL_TOY_push"');
    expect(list).toContain('"GL_TOY_words"');
  });
  test("are none with a refused or unknown command, nor those that are withheld", () => {
    expect(list).not.toMatch(/fly|swim|pinned/);
  });
});

describe("opcodes", () => {
  test("are the base's for an alias", () => {
    const opcode = (name: string) => plan().commands.find((c) => c.command.name === name)?.opcode;
    expect(opcode("toyPushARB")).toBe(opcode("toyPush"));
    expect(opcode("toyFly")).toBeNull();
  });
  test("never move when a command is added", () => {
    const [first, ...others] = wiredSymbols(toyOverlay, registry);
    expect(
      parseLock(extendLockBy(lock, [...others, "toyNew", first as string])).get("toyNew"),
    ).toBe(others.length + 2);
  });
});

describe("what both sides agree on", () => {
  test("moves with how a parameter travels, not with reasons", () => {
    const agreed = (overlay: Overlay) => JSON.stringify(agreedOn(plan(overlay)));
    const rules = (...more: Overlay["rules"]) => ({
      ...toyOverlay,
      rules: [...toyOverlay.rules, ...more],
    });
    expect(agreed(rules({ match: "toyFly", row: { why: "Boxes are heavy." } }))).toBe(
      agreed(toyOverlay),
    );
    const fill = { args: { value: { kind: "in", count: "count*3" } } } as const;
    expect(agreed(rules({ match: "toyFill", row: fill }))).not.toBe(agreed(toyOverlay));
  });
});
