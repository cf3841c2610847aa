import { describe, expect, test } from "vitest";
import { arg, in_, inArray, mint, opaque, out, type Row, row, struct, text } from "../api/model.ts";
import { DescriptionError } from "./errors.ts";
import { generate } from "./generate.ts";
import { parseLock } from "./lock.ts";
import { toyWith } from "./toy.ts";

const check = (...rows: Row[]) =>
  generate({ api: toyWith(rows), opcodes: parseLock("1 toyBad\n"), abi: new Map() });

const bad: [what: string, rows: Row[], reason: string][] = [
  [
    "two rows of one symbol",
    [row("toyBad", 2000, "local", "A.", []), row("toyBad", 2000, "local", "B.", [])],
    "is described twice",
  ],
  ["no documentation", [row("toyBad", 2000, "local", "", [])], "needs a doc that is a sentence"],
  ["an impossible version", [row("toyBad", 12, "local", "A.", [])], "since 12 is not a version"],
  [
    "a refusal without a reason",
    [row("toyBad", 2000, "refused", "A.", [])],
    "is refused and does not say why",
  ],
  [
    "a custom call without a wire structure",
    [row("toyBad", 2000, "custom", "A.", [])],
    "is custom and describes no wire structure",
  ],
  [
    "an unknown type",
    [row("toyBad", 2000, "sync", "A.", [arg("x", "ToyCar")])],
    "argument x has the unknown type ToyCar",
  ],
  [
    "a pointer to an unknown type",
    [row("toyBad", 2000, "sync", "A.", [arg("x", "ToyCar *", out)])],
    "argument x points to the unknown type ToyCar",
  ],
  [
    "a pointer of no direction",
    [row("toyBad", 2000, "sync", "A.", [arg("x", "int *", opaque)])],
    "argument x is a pointer whose direction and length are not told",
  ],
  [
    "a value that should be a pointer",
    [row("toyBad", 2000, "sync", "A.", [arg("x", "int", in_)])],
    "argument x is passed as in, but int is no pointer",
  ],
  [
    "an async call that returns data",
    [row("toyBad", 2000, "async", "A.", [arg("x", "int *", out)])],
    "argument x comes back from the driver, but the call is async",
  ],
  [
    "an unknown kind of handle",
    [row("toyBad", 2000, "sync", "A.", [arg("x", "ToyBox *", mint("cat"))])],
    "argument x is of the unknown kind cat",
  ],
  [
    "a count that is no argument",
    [row("toyBad", 2000, "sync", "A.", [arg("x", "const int *", inArray("n"))])],
    "argument x counts by n, which is no argument",
  ],
  [
    "an argument named twice",
    [row("toyBad", 2000, "sync", "A.", [arg("x", "int"), arg("x", "const char *", text)])],
    "argument x is there twice",
  ],
  [
    "an alias of nothing",
    [row("toyBad", 2000, "alias", "A.", [], { aliasOf: "toyGone" })],
    "is an alias of toyGone, which is not described",
  ],
  [
    "an alias with other arguments",
    [
      row("toyGood", 2000, "local", "A.", [arg("x", "int")]),
      row("toyBad", 2000, "alias", "A.", [], { aliasOf: "toyGood" }),
    ],
    "is an alias of toyGood, whose arguments differ",
  ],
];

describe("a bad description is refused with its file, row and reason:", () => {
  test.each(bad)("%s", (_what, rows, reason) => {
    expect(() => check(...rows)).toThrow(new DescriptionError("toy.api.ts", "toyBad", reason));
  });

  const tile = struct("ToyTile_st", ["ToyTile"], [["words", "unsigned int[16]", 64]]);
  const tray = struct("ToyTray_st", ["ToyTray"], [["tiles", "ToyTile[2]"]]);
  test.each([
    ["passed by value", "ToyTile", arg("x", "ToyTile")],
    ["pointed to", "ToyTile", arg("x", "const ToyTile *", in_)],
    ["inside another", "ToyTray", arg("x", "ToyTray *", out)],
  ])("a record that is aligned to more than a frame, %s", (_what, type, argument) => {
    const api = toyWith([row("toyBad", 2000, "sync", "A.", [argument])], [tile, tray]);
    expect(() => generate({ api, opcodes: parseLock("1 toyBad\n"), abi: new Map() })).toThrow(
      new DescriptionError(
        "toy.api.ts",
        "toyBad",
        `argument x is a ${type}, aligned to 64 bytes where a frame has 8: make the row custom`,
      ),
    );
  });

  test("a call without an opcode", () => {
    expect(() => check(row("toyNew", 2000, "sync", "A.", []))).toThrow(
      /^toy\.api\.ts: toyNew: has no opcode; .*--lock/,
    );
  });
});
