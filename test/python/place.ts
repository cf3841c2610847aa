/** Gets a suite from PyPI: a venv of its own with its packages, and its tests. Once for each list of packages. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Place, Suite } from "./suites.ts";

/** The system's own interpreter where there is one: a version manager's may vanish and take the venv with it. */
const PYTHON = ["/usr/bin/python3", "python3"].find(
  (name) => !name.startsWith("/") || existsSync(name),
)!;

export function getSuite(suite: Suite, root: string): Place {
  const stamp = path.join(root, "packages.txt");
  const wanted = JSON.stringify([suite.packages, suite.source ?? null]);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    execFileSync(PYTHON, ["-m", "venv", path.join(root, "venv")], { stdio: "inherit" });
    pip(root, ["install", ...suite.packages]);
    if (suite.source !== undefined) getSource(root, suite.source);
    writeFileSync(stamp, wanted);
  }
  const lib = path.join(root, "venv/lib");
  const wheels = path.join(lib, onlyEntry(lib), "site-packages");
  const source = path.join(root, "source");
  return {
    root,
    wheels,
    python: path.join(root, "venv/bin/python"),
    source: existsSync(source) ? source : wheels,
  };
}

/** The tests and pytest's settings alone: beside the package itself, Python would import that in place of the wheel. */
function getSource(root: string, { requirement, env }: NonNullable<Suite["source"]>): void {
  const archives = path.join(root, "archive");
  const [name = ""] = requirement.split("==");
  pip(root, ["download", "--no-deps", "--no-binary", name, "--dest", archives, requirement], env);
  const source = path.join(root, "source");
  mkdirSync(source);
  const kept = ["*/tests", "*/pyproject.toml"];
  execFileSync("tar", [
    "--extract",
    `--file=${path.join(archives, onlyEntry(archives))}`,
    `--directory=${source}`,
    "--strip-components=1",
    "--wildcards",
    "--no-wildcards-match-slash",
    ...kept,
  ]);
}

function pip(root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const program = path.join(root, "venv/bin/pip");
  execFileSync(program, ["--quiet", "--disable-pip-version-check", ...args], {
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
}

function onlyEntry(folder: string): string {
  const [entry] = readdirSync(folder);
  if (entry === undefined) throw new Error(`${folder} is empty`);
  return entry;
}
