import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { cuda } from "../api/cuda/index.ts";
import { asTable, coverageOf } from "./coverage.ts";
import { toy } from "./toy.ts";

describe("the coverage report", () => {
  test("names every function and what becomes of it", () => {
    const rows = coverageOf(toy, new Set(["toyOpen"]));
    expect(rows).toHaveLength(11);
    expect(rows.find((r) => r.symbol === "toyFly")).toMatchObject({
      answer: "refused",
      detail: "Boxes do not fly.",
      soft: false,
    });
    expect(rows.find((r) => r.symbol === "toyOpen")).toMatchObject({
      answer: "forwarded",
      detail: "round trip",
      soft: true,
    });
    expect(asTable(rows)).toMatch(/11 functions: .*; 1 implemented by the software device\n$/);
  });

  test("gives a reason for every refusal of the CUDA driver API", () => {
    const refused = coverageOf(cuda, null).filter((r) => r.answer === "refused");
    expect(refused.filter((r) => r.detail.length < 20)).toEqual([]);
  });
});

// The toolkit that set-up installs for the tests holds the header that the description must be complete against.
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const cudaInclude = ["python3.11", "python3.12", "python3.13"]
  .map((p) => join(root, `.venv/lib/${p}/site-packages/nvidia/cu13/include`))
  .find((p) => existsSync(join(p, "cuda.h")));

describe.skipIf(cudaInclude === undefined)("against the toolkit's cuda.h 13.0", () => {
  const preprocess = (): string =>
    execFileSync(
      "cc",
      ["-E", "-P", `-I${cudaInclude}`, "-D__CUDA_API_VERSION_INTERNAL", "-x", "c", "-"],
      {
        input: '#include "cuda.h"\n',
        encoding: "utf8",
        maxBuffer: 1 << 26,
      },
    );

  test("every function is described, with its per-thread variant, and no other", () => {
    const declared = [...preprocess().matchAll(/\bCUresult\s+(cu[A-Z]\w*)\s*\(/g)].map(
      ([, symbol]) => symbol as string,
    );
    const described = cuda.files
      .filter((f) => !f.file.endsWith("/profiler.api.ts")) // declared by cudaProfiler.h
      .flatMap((f) => f.rows)
      .filter((r) => !r.opts.internal)
      .flatMap((r) => [r.symbol, ...(r.opts.perThread ? [r.symbol + r.opts.perThread[0]] : [])]);
    expect(described.sort()).toEqual([...new Set(declared)].sort());
  });

  test("every record has the header's size", () => {
    const records = cuda.types.flatMap((t) => (t.kind === "record" ? t.names : []));
    const sizes = (include: string, dir: string): string => {
      const program = `#include <stdio.h>\n#include "${include}"\nint main(void) {\n${records
        .map((r) => `printf("${r} %zu\\n", sizeof(${r}));`)
        .join("\n")}\n}`;
      const scratch = mkdtempSync(join(tmpdir(), "gpuferry-sizes-"));
      const binary = join(scratch, "sizes");
      execFileSync(
        "cc",
        ["-w", `-I${dir}`, "-D__CUDA_API_VERSION_INTERNAL", "-x", "c", "-", "-o", binary],
        { input: program },
      );
      const printed = execFileSync(binary, { encoding: "utf8" });
      rmSync(scratch, { recursive: true });
      return printed;
    };
    expect(records.length).toBeGreaterThan(100);
    expect(sizes("cuda_api.h", join(root, "protocol/generated/c"))).toBe(
      sizes("cuda.h", cudaInclude as string),
    );
  });
});
