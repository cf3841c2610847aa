/** Checks every tracked text file against the house rules; ends with 1 where one is broken. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { checkTree, formatFinding } from "./check.ts";
import { RULES } from "./table.ts";

const paths = execFileSync(
  "git",
  ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
  {
    encoding: "utf8",
  },
)
  .split("\0")
  .filter((path) => path !== "" && existsSync(path));

const files = new Map<string, string>();
for (const path of paths) {
  const bytes = readFileSync(path);
  if (!bytes.includes(0)) files.set(path, bytes.toString("utf8"));
}

const findings = checkTree(files, RULES);
for (const finding of findings) console.log(formatFinding(finding));
console.log(`${files.size} files, ${RULES.length} rules, ${findings.length} broken`);
process.exitCode = findings.length === 0 ? 0 : 1;
