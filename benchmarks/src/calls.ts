/** Runs the micro-benchmarks: every repetition gives each mode one turn. */
import type { Case } from "./cases.ts";
import type { Stage } from "./modes.ts";
import { type Repetition, rowOf, SwitchCount, turnsOf } from "./repetitions.ts";
import { MODES, type Mode, type Row } from "./result.ts";
import { median } from "./stats.ts";

export async function measureCase(stage: Stage, wanted: Case, repetitions: number): Promise<Row> {
  const modes = wanted.modes ?? MODES;
  const switches = new SwitchCount();
  const measured: Repetition[] = [];
  for (let index = 0; index < repetitions; index++) {
    const repetition: Partial<Record<Mode, number>> = {};
    for (const mode of turnsOf(modes, index)) {
      const before = wanted.countSwitches === true ? stage.switchesElsewhere(mode) : 0;
      const { command, samples, argument } = wanted;
      const answer = await stage.workers[mode].measure(command, samples, argument);
      if (wanted.countSwitches === true) {
        switches.add(mode, answer, stage.switchesElsewhere(mode) - before);
      }
      repetition[mode] = wanted.value(median(answer.samples_ns));
    }
    measured.push(repetition);
  }
  const row = rowOf(wanted.name, wanted.unit, measured);
  return wanted.countSwitches === true ? { ...row, switchesPerCall: switches.perCall() } : row;
}
