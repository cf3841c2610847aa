/** The benchmark itself, on a slice so small that its numbers mean nothing: it must run, check itself and write. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../benchmarks/src/result.ts";
import { ROOT } from "../lib/paths.ts";

const directory = mkdtempSync(path.join(tmpdir(), "gpuferry-bench-"));
const json = path.join(directory, "out.json");
let result: Result;

beforeAll(() => {
  const tsx = path.join(ROOT, "node_modules/.bin/tsx");
  const only = "^(sync_call_spinning|two_threads_launching|d2h_pageable_1MiB|connect_first_call)$";
  const args = ["benchmarks/main.ts", "--quick", "--only", only, "--json", json];
  execFileSync(tsx, args, { cwd: ROOT, stdio: "pipe" });
  result = JSON.parse(readFileSync(json, "utf8")) as Result;
});

afterAll(() => rmSync(directory, { recursive: true }));

describe("npm run bench", () => {
  it("measures every mode that a case knows", () => {
    expect(result.rows.map(({ name }) => name)).toEqual([
      "sync_call_spinning",
      "two_threads_launching",
      "d2h_pageable_1MiB",
      "connect_first_call",
    ]);
    for (const row of result.rows) {
      expect(row.forwarded, row.name).toBeGreaterThan(0);
      expect(row.passthrough, row.name).toBeGreaterThan(0);
      expect(row.ratio, row.name).toBeGreaterThan(0);
      if (row.name !== "connect_first_call") expect(row.ring, row.name).toBeGreaterThan(0);
    }
  });

  it("counts thread switches on both sides of the ring", () => {
    const row = result.rows.find(({ name }) => name === "two_threads_launching");
    expect(Object.keys(row?.switchesPerCall ?? {})).toEqual(["passthrough", "ring", "forwarded"]);
  });
});
