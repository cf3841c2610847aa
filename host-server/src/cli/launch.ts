// Starts a command in this one's place, as far as that goes: same terminal, same signals, same end.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import { asError, systemCode } from "../model/errors.ts";
import { findCommand, interpreterOfFile, whyNotPreloadable } from "./preloadable.ts";

/** As shells and env(1) have it. */
const exitNotExecutable = 126;
const exitNotFound = 127;

const passedSignals: NodeJS.Signals[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
  "SIGCONT",
];
const terminalSignals: NodeJS.Signals[] = ["SIGINT", "SIGQUIT", "SIGWINCH"];

/** The command's exit code, 128 + n if signal n ended it, 126 or 127 if it did not start. */
export function launch(command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [program = "", ...args] = command;
  const file = findCommand(program, env.PATH ?? process.env.PATH);
  const why = file === undefined ? undefined : whyNotPreloadable(file);
  if (why !== undefined) {
    say(`${program} ${why}: its own GPU calls are not forwarded, only those of programs it starts`);
  }
  return new Promise<number>((resolve) => {
    let child: ChildProcess;
    try {
      // Node objects to an empty name; a shell does not find it.
      if (program === "") throw Object.assign(new Error("not found"), { code: "ENOENT" });
      child = spawn(program, args, { stdio: "inherit", env });
    } catch (thrown) {
      resolve(notStarted(program, file, asError(thrown)));
      return;
    }
    const pass = (signal: NodeJS.Signals) => {
      // A terminal sends these to the guest itself, which would otherwise get them twice.
      const fromTerminal = process.stdin.isTTY === true && terminalSignals.includes(signal);
      if (!fromTerminal) child.kill(signal);
    };
    for (const signal of passedSignals) process.on(signal, pass);
    child.once("error", (error) => resolve(notStarted(program, file, error)));
    child.once("exit", (code, signal) =>
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
    );
  }).finally(() => {
    for (const signal of passedSignals) process.removeAllListeners(signal);
  });
}

const say = (line: string) => process.stderr.write(`gpuferry: ${line}\n`);

/** Says why, and gives the exit code that says it to scripts. */
function notStarted(program: string, file: string | undefined, error: Error): number {
  const code = systemCode(error);
  if (code !== "ENOENT") {
    const why = code === "EACCES" ? "not executable" : textOf(error);
    say(`${program}: ${why}`);
    return exitNotExecutable;
  }
  // The kernel says the same of a script whose interpreter is missing.
  if (file !== undefined && existsSync(file)) {
    const interpreter = interpreterOfFile(file);
    say(
      `${program}: what it is to be run by${interpreter ? `, ${interpreter},` : ""} is not found`,
    );
  } else say(`${JSON.stringify(program).slice(1, -1) || '""'}: not found`);
  return exitNotFound;
}

/** The system's words for it; the error's own where it is none of the system's. */
function textOf(error: Error & { errno?: number }): string {
  const known = error.errno === undefined ? undefined : getSystemErrorMap().get(error.errno);
  return known?.[1] ?? error.message;
}
