/** Applies the table to a tree of files. Pure: the tree is handed in, findings are handed back. */
import { referencesOf } from "./references.ts";
import type { Rule } from "./table.ts";

export interface Finding {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** `files` maps paths inside the repository to their text. Findings come by file, then by rule, then by line. */
export function checkTree(files: ReadonlyMap<string, string>, rules: readonly Rule[]): Finding[] {
  const tree = new Set(files.keys());
  return [...files].flatMap(([file, text]) => {
    const applying = rules.filter((rule) => rule.files.test(file) && !rule.except?.test(file));
    return applying.flatMap((rule) => [
      ...forbiddenTargets(file, text, tree, rule),
      ...forbiddenLines(file, text, rule),
      ...tooLong(file, text, rule),
    ]);
  });
}

/** `file:line: rule: message`, the form that editors and CI logs make links of. */
export function formatFinding(finding: Finding): string {
  return `${finding.file}:${finding.line}: ${finding.rule}: ${finding.message}`;
}

function forbiddenTargets(
  file: string,
  text: string,
  tree: ReadonlySet<string>,
  rule: Rule,
): Finding[] {
  const { forbidTarget, unless } = rule;
  if (forbidTarget === undefined) return [];
  return referencesOf(file, text, tree)
    .filter(({ target }) => forbidTarget.test(target) && !unless?.test(target))
    .map(({ line, written, target }) => ({
      file,
      line,
      rule: rule.name,
      message: `may not refer to ${target === written ? written : `${written} (${target})`}: ${rule.why}`,
    }));
}

function forbiddenLines(file: string, text: string, rule: Rule): Finding[] {
  const { forbidLine } = rule;
  if (forbidLine === undefined) return [];
  return text.split("\n").flatMap((lineText, index) => {
    const found = forbidLine.exec(lineText)?.[0];
    if (found === undefined) return [];
    return [
      { file, line: index + 1, rule: rule.name, message: `"${found.trim()}" here: ${rule.why}` },
    ];
  });
}

function tooLong(file: string, text: string, rule: Rule): Finding[] {
  const { maxLines } = rule;
  const lines = text.split("\n").length - 1;
  if (maxLines === undefined || lines <= maxLines) return [];
  return [{ file, line: lines, rule: rule.name, message: `${lines} lines: ${rule.why}` }];
}
