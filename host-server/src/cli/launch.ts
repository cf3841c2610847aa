// Starts a command in this one's place, as far as that goes: same terminal, same signals, same end.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { systemCode } from "../model/errors.ts";

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
  return new Promise<number>((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env });
    const pass = (signal: NodeJS.Signals) => {
      // A terminal sends these to the guest itself, which would otherwise get them twice.
      const fromTerminal = process.stdin.isTTY === true && terminalSignals.includes(signal);
      if (!fromTerminal) child.kill(signal);
    };
    for (const signal of passedSignals) process.on(signal, pass);
    child.once("error", (error) => {
      const reason = systemCode(error);
      if (reason === "ENOENT" || reason === "EACCES") {
        const why = reason === "ENOENT" ? "not found" : "not executable";
        process.stderr.write(`gpuferry: ${program}: ${why}\n`);
        resolve(reason === "ENOENT" ? exitNotFound : exitNotExecutable);
      } else reject(error);
    });
    child.once("exit", (code, signal) =>
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
    );
  }).finally(() => {
    for (const signal of passedSignals) process.removeAllListeners(signal);
  });
}
