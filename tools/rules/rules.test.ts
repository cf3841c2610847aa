import { describe, expect, it } from "vitest";
import { checkTree, formatFinding } from "./check.ts";
import { referencesOf } from "./references.ts";
import { RULES } from "./table.ts";

/** The rules that a tree of these files breaks, as `file:line rule`. */
function broken(files: Record<string, string>): string[] {
  return checkTree(new Map(Object.entries(files)), RULES).map(
    ({ file, line, rule }) => `${file}:${line} ${rule}`,
  );
}

describe("references", () => {
  it("finds an include by how paths end, nearest room first", () => {
    const tree = new Set(["native/ring/ring.h", "guest-shim/src/ring.h"]);
    const [reference] = referencesOf("native/executor/main.cc", '#include "ring.h"\n', tree);
    expect(reference).toEqual({ line: 1, written: "ring.h", target: "native/ring/ring.h" });
  });

  it("resolves relative imports and leaves packages as they are", () => {
    const text = 'import { a } from "../model/ids.ts";\nimport z from "zod";\n';
    expect(
      referencesOf("host-server/src/quota/q.ts", text, new Set()).map((r) => r.target),
    ).toEqual(["host-server/src/model/ids.ts", "zod"]);
  });
});

describe("rules", () => {
  it("keeps shim and native apart, in both directions", () => {
    expect(
      broken({
        "native/ring/ring.h": "",
        "guest-shim/src/lane.h": "",
        "guest-shim/src/a.c": '#include "ring/ring.h"\n',
        "native/ring/b.cc": '\n#include "src/lane.h"\n',
      }),
    ).toEqual([
      "guest-shim/src/a.c:1 shim-knows-no-host",
      "native/ring/b.cc:2 native-knows-no-shim",
    ]);
  });

  it("lets the driver see jit.h and nothing behind it", () => {
    const headers = { "native/softcuda/jit/jit.h": "", "native/softcuda/jit/parser.h": "" };
    const driver = "native/softcuda/driver/module.cc";
    expect(broken({ ...headers, [driver]: '#include "jit/jit.h"\n' })).toEqual([]);
    expect(broken({ ...headers, [driver]: '#include "jit/parser.h"\n' })).toEqual([
      `${driver}:1 driver-sees-jit-by-its-seam`,
    ]);
  });

  it("keeps clocks, node and impure rooms out of the pure ones", () => {
    const file = "host-server/src/scheduler/sfq.ts";
    expect(broken({ [file]: 'import fs from "node:fs";\n' })).toEqual([`${file}:1 pure-rooms`]);
    expect(broken({ [file]: 'import { x } from "../bridge/x.ts";\n' })).toEqual([
      `${file}:1 pure-rooms`,
    ]);
    expect(broken({ [file]: "const t = Date.now();\n" })).toEqual([
      `${file}:1 pure-rooms-have-no-clock`,
    ]);
    expect(broken({ [file]: 'import { Weight } from "../model/units.ts";\n' })).toEqual([]);
  });

  it("gives the addon to one room", () => {
    const line = 'import addon from "../../../native/addon/addon.ts";\n';
    expect(broken({ "host-server/src/executor/supervisor.ts": line })).toEqual([]);
    expect(broken({ "host-server/src/bridge/pump.ts": line })).toEqual([
      "host-server/src/bridge/pump.ts:1 one-importer-of-the-addon",
    ]);
  });

  it("hears the shim print, but not format into a buffer", () => {
    const file = "guest-shim/src/log.c";
    expect(broken({ [file]: '  printf("hi");\n' })).toEqual([`${file}:1 silent-on-stdout`]);
    expect(broken({ [file]: '  fprintf(stderr, "hi");\n  snprintf(b, 1, "x");\n' })).toEqual([]);
  });

  it("finds paths of one machine", () => {
    const home = ["", "root", "x"].join("/");
    expect(broken({ "docs/a.md": `see ${home}\n` })).toEqual(["docs/a.md:1 no-machine-paths"]);
  });

  it("says where, which and why", () => {
    const [finding] = checkTree(new Map([["a.c", "\n// TODO\n"]]), RULES);
    expect(finding && formatFinding(finding)).toBe(
      'a.c:2: nothing-left-for-later: "TODO" here: what is not done belongs in an issue, not in the source',
    );
  });
});
