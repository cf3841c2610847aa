/** Which row each command has: the rules that match it, later ones on top. */
import type { Row, Rule } from "../../api/gl/model.ts";
import { DescriptionError } from "../errors.ts";
import type { Command } from "./registry.ts";

const matches = ({ match }: Rule, name: string): boolean =>
  typeof match === "string" ? match === name : match.test(name);

const refine = (below: Row, above: Row): Row => ({
  ...below,
  ...above,
  ...((below.args || above.args) && { args: { ...below.args, ...above.args } }),
});

/** Throws DescriptionError for a rule that matches nothing: a misspelt name would go unnoticed. */
export const rowsOf = (rules: readonly Rule[], commands: readonly Command[]): Map<string, Row> => {
  for (const rule of rules) {
    if (!commands.some((c) => matches(rule, c.name))) {
      throw new DescriptionError(
        "protocol/api/gl",
        String(rule.match),
        "matches no command that is offered",
      );
    }
  }
  return new Map(
    commands.map((c) => [
      c.name,
      rules.filter((r) => matches(r, c.name)).reduce<Row>((row, r) => refine(row, r.row), {}),
    ]),
  );
};
