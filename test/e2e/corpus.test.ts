/** The runner itself, on programs of our own, which it takes for anybody's. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import type { Result } from "../../tools/corpus/judge-program.ts";
import type { Summary } from "../../tools/corpus/report.ts";
import { nvcc } from "../lib/build.ts";
import { PROGRAM_SOURCES, ROOT } from "../lib/paths.ts";

const out = mkdtempSync(path.join(tmpdir(), "gpuferry-corpus-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

interface Report {
  readonly summary: Summary;
  readonly results: readonly Result[];
}

async function corpus(name: string, ...args: string[]): Promise<Report & { said: string }> {
  const place = path.join(out, name);
  const main = path.join(ROOT, "tools/corpus/main.ts");
  const tsx = path.join(ROOT, "node_modules/.bin/tsx");
  const { stderr } = await promisify(execFile)(tsx, [main, "--out", place, ...args]);
  const report = JSON.parse(readFileSync(path.join(place, "corpus.json"), "utf8")) as Report;
  return { ...report, said: stderr };
}

const LIMIT_MS = 300_000;
const SLICE = "^(vector_add|reduction|warp_ops|separate.main|thrust_algorithms|simple_printf)$";

describe.skipIf(nvcc() === undefined)("npm run corpus", () => {
  it(
    "judges a slice of our own programs, and goes on where it was",
    async () => {
      const args = [path.join(PROGRAM_SOURCES, "cuda"), "--only", SLICE];
      const first = await corpus("slice", ...args);
      expect(first.summary.direct).toEqual({ pass: first.results.length });
      expect(first.summary.forwarded).toEqual({ pass: first.results.length });
      const second = await corpus("slice", ...args);
      expect(second.said).toContain(" 0 to judge");
      expect(second.summary).toEqual(first.summary);
    },
    LIMIT_MS,
  );

  it(
    "cuts repetitions in the sources' copy where nothing else ends in time",
    async () => {
      const sources = path.join(out, "long");
      mkdirSync(sources);
      const text =
        `#include <cstdio>\n#include <unistd.h>\n#define REPEAT 600\n` +
        `int main() { sleep(REPEAT); printf("PASS after %d\\n", REPEAT); }\n`;
      writeFileSync(path.join(sources, "long.cu"), text);
      const { results } = await corpus("cutting", sources, "--direct", "--limit", "3");
      expect(results).toHaveLength(1);
      expect(results[0]).toMatchObject({ cut: ["REPEAT = 600"], direct: { verdict: "pass" } });
      expect(readFileSync(path.join(sources, "long.cu"), "utf8")).toBe(text);
    },
    LIMIT_MS,
  );

  it(
    "tells every way to fail from the others",
    async () => {
      const sources = path.join(out, "sources");
      mkdirSync(sources);
      const program = (name: string, body: string) => {
        const text = `#include <cstdio>\n#include <unistd.h>\nint main() { ${body} }\n`;
        writeFileSync(path.join(sources, `${name}.cu`), text);
      };
      program("wrong", `printf("mismatch at 3\\n");`);
      program("crash", `*(volatile int *)8 = 1;`);
      program("timeout", `sleep(600);`);
      program("silent", `printf("4 ms\\n");`);
      program("unbuilt", `no such thing`);
      program("no_data", `if (!fopen("a.txt", "r")) { perror("a.txt"); return 1; } puts("PASS");`);
      const { results } = await corpus("failing", sources, "--direct", "--limit", "3");
      for (const { name, unbuilt, direct } of results) {
        expect(unbuilt === undefined ? direct?.verdict : "unbuilt").toBe(name.replace("_", " "));
      }
      expect(results).toHaveLength(6);
    },
    LIMIT_MS,
  );
});
