/** Gets a suite from PyPI: a venv of its own with its packages, and its tests. Once for each list of packages. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { SOFTCUDA_DIR } from "../lib/paths.ts";
import { type Place, type Suite, toolkitOf } from "./suites.ts";

/** The system's own interpreter where there is one: a version manager's may vanish and take the venv with it. */
const PYTHON = ["/usr/bin/python3", "python3"].find(
  (name) => !name.startsWith("/") || existsSync(name),
)!;

export function getSuite(suite: Suite, root: string): Place {
  const stamp = path.join(root, "packages.txt");
  const wanted = JSON.stringify([suite.packages, suite.source ?? null, suite.built ?? []]);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    execFileSync(PYTHON, ["-m", "venv", path.join(root, "venv")], { stdio: "inherit" });
    pip(root, ["install", ...suite.packages]);
    if (suite.built !== undefined) build(root, suite.built);
    if (suite.source !== undefined) getSource(root, suite.source, suite.tests);
    writeFileSync(stamp, wanted);
  }
  const wheels = wheelsOf(root);
  const source = path.join(root, "source");
  return {
    root,
    wheels,
    python: path.join(root, "venv/bin/python"),
    source: existsSync(source) ? source : wheels,
  };
}

function wheelsOf(root: string): string {
  const lib = path.join(root, "venv/lib");
  return path.join(lib, onlyEntry(lib), "site-packages");
}

function build(root: string, packages: readonly string[]): void {
  const toolkit = toolkitOf({ wheels: wheelsOf(root) });
  const libraries = path.join(toolkit, "lib");
  // The wheels keep their libraries in lib, and under the names that programs load them by alone.
  symlinkSync("lib", path.join(toolkit, "lib64"));
  for (const name of readdirSync(libraries)) {
    const plain = name.replace(/\.so\.[\d.]+$/, ".so");
    const link = path.join(libraries, plain);
    if (name !== plain && !existsSync(link)) symlinkSync(name, link);
  }
  pip(root, ["install", ...packages], {
    CUDA_ROOT: toolkit,
    LIBRARY_PATH: `${SOFTCUDA_DIR}:${libraries}`,
    PATH: `${path.join(toolkit, "bin")}:${process.env.PATH ?? ""}`,
  });
}

/** The tests and pytest's settings alone: beside the package itself, Python would import that in place of the wheel. */
function getSource(
  root: string,
  { requirement, env }: NonNullable<Suite["source"]>,
  tests: readonly string[],
): void {
  const archives = path.join(root, "archive");
  const [name = ""] = requirement.split("==");
  pip(root, ["download", "--no-deps", "--no-binary", name, "--dest", archives, requirement], env);
  const source = path.join(root, "source");
  mkdirSync(source);
  const folders = new Set(tests.map((folder) => folder.split("/")[0]));
  const kept = [...folders, "pyproject.toml"].map((name) => `*/${name}`);
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
