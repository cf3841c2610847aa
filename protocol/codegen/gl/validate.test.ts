import { describe, expect, test } from "vitest";
import type { Row } from "../../api/gl/model.ts";
import { DescriptionError } from "../errors.ts";
import { generateGl } from "./generate.ts";
import { planGl, wiredSymbols } from "./plan.ts";
import { parseRegistry } from "./registry.ts";
import { toyOverlay, toyXml } from "./toy.ts";

const registry = parseRegistry(toyXml);
const check = (match: string | RegExp, row: Row) =>
  wiredSymbols({ ...toyOverlay, rules: [...toyOverlay.rules, { match, row }] }, registry);

const bad: [what: string, match: string, row: Row, reason: string][] = [
  ["a misspelt command", "toyPsh", {}, "toyPsh: matches no command that is offered"],
  [
    "a misspelt parameter",
    "toyFill",
    { args: { valeu: { kind: "value" } } },
    "toyFill: has no parameter valeu; it has count, value",
  ],
  [
    "a refusal without a reason",
    "toyDraw",
    { guest: "refused" },
    "toyDraw: is refused and does not say why in a sentence",
  ],
  [
    "a reason without a refusal",
    "toyDraw",
    { why: "It could be." },
    "toyDraw: says why, but is neither refused nor local",
  ],
  [
    "a host's part in what is refused",
    "toyFly",
    { host: "custom" },
    "toyFly: is refused, so that the host has no part",
  ],
  [
    "an array that is a number",
    "toyPush",
    { args: { x: { kind: "in", count: "1" } } },
    "toyPush: parameter x is passed as in, but is a GLint",
  ],
  [
    "a number that is an array",
    "toyFill",
    { args: { value: { kind: "value" } } },
    "toyFill: parameter value has type const GLfloat *, which does not travel by value",
  ],
  [
    "a count over an unknown parameter",
    "toyFill",
    { args: { value: { kind: "in", count: "number*4" } } },
    "toyFill: parameter value refers to number, which is no parameter",
  ],
  [
    "a count that is none",
    "toyFill",
    { args: { value: { kind: "in", count: "count+4" } } },
    'toyFill: parameter value: "count+4" is no number, parameter or call',
  ],
  [
    "a count divided by a parameter",
    "toyFill",
    { args: { value: { kind: "in", count: "16/count" } } },
    'toyFill: parameter value: "16/count" divides by something else than one number',
  ],
  ["a name that a void command creates", "toyPush", { creates: "buffer" }, "returns nothing"],
];

describe("a bad row is named with its reason", () => {
  for (const [what, match, row, reason] of bad) {
    test(what, () => {
      expect(() => check(match, row)).toThrow(DescriptionError);
      expect(() => check(match, row)).toThrow(reason);
    });
  }

  test("a class of names without a kind", () => {
    expect(() => wiredSymbols({ ...toyOverlay, classes: {} }, registry)).toThrow(
      'class "box" has no kind',
    );
  });
  test("a call without an opcode", () => {
    expect(() => planGl(toyOverlay, registry, new Map())).toThrow(
      "toyHello: has no opcode; `npm run codegen -- --lock` gives it one",
    );
  });
  test("a parameter name that the registry does not have", () => {
    const symbols = wiredSymbols(toyOverlay, registry);
    const overlay = { ...toyOverlay, pnameCounts: { TOY_HEIGHT: 2 } };
    const plan = planGl(overlay, registry, new Map(symbols.map((s, i) => [s, i + 1])));
    expect(() => generateGl(plan)).toThrow("TOY_HEIGHT: is no enum of the registry");
  });
  test("what is no registry at all", () => {
    expect(() => parseRegistry("<html></html>")).toThrow("not a Khronos registry");
  });
});
