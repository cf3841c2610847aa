/**
 * Before the steps: does a guest run at all? Where it does only without its executor's jail, the steps go on without one,
 * so that a slot on a GPU host tells of everything else as well.
 */
import path from "node:path";
import type { Row } from "./report.ts";
import { lastLine, run } from "./run.ts";
import { openStage, type Stage } from "./stage.ts";
import { SECOND } from "./step.ts";

type How = Parameters<typeof openStage>;

const group = "The jail";
const name = "a guest in it";

/** The stage for all steps, and what was found. */
export async function openWithJail(
  layout: How[0],
  directory: string,
  options: How[2],
  add: (row: Row) => void,
): Promise<Stage> {
  const confined = await openStage(layout, directory, options).catch(String);
  const first =
    typeof confined === "string" ? lastLine(confined) : await tryGuest(confined, "first-guest");
  if (typeof confined !== "string" && first === undefined) {
    add({ group, name, verdict: "ok", detail: "runs" });
    return confined;
  }
  const free = await openStage(layout, directory, options, false);
  const second = await tryGuest(free, "first-guest-without-jail");
  const both =
    second === undefined
      ? "it runs without the jail, and so does all that follows"
      : `without the jail: ${second}`;
  add({ group, name, verdict: "fail", detail: `${first}; ${both}` });
  if (typeof confined !== "string") await confined.stop();
  return free;
}

/** Why it does not pass; undefined where it does, or where it would not natively either. */
async function tryGuest(stage: Stage, logName: string): Promise<string | undefined> {
  const programs = path.join(stage.layout.root, "share/gpu-check/programs");
  const program = path.join(programs, "driver_vector_add/driver_vector_add");
  const native = await run(program, [], stage.native, 60 * SECOND);
  if (native.exitCode !== 0) return undefined;
  const said = await run(program, [], stage.forwarded(logName), 60 * SECOND);
  return said.exitCode === 0 ? undefined : lastLine(said.stderr) || said.ending;
}
