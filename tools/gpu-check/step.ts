/** A part of the check. Whatever it throws is a row of the report, and the next one runs. */
import type { Row } from "./report.ts";
import type { Stage } from "./stage.ts";

export interface Step {
  readonly name: string;
  /** All that it may take; afterwards the check goes on without it. */
  readonly limitMs: number;
  run(stage: Stage, add: (row: Row) => void): Promise<void>;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
