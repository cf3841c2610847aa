import { describe, expect, test } from "vitest";
import { launch } from "./launch.ts";

const shell = (script: string, env: NodeJS.ProcessEnv = process.env) =>
  launch(["/bin/sh", "-c", script], env);

describe("the exit code", () => {
  test.each([
    ["exit 0", 0],
    ["exit 41", 41],
    ["kill -9 $$", 137],
    ["kill -TERM $$", 143],
    ["kill -SEGV $$", 139],
  ])("of %s is %d", async (script, code) => expect(await shell(script)).toBe(code));

  test("of what is not there is 127, of what is no program 126", async () => {
    expect(await launch(["/nowhere/program"], {})).toBe(127);
    expect(await launch(["/etc/passwd"], {})).toBe(126);
    expect(await launch(["/etc/passwd/x"], {})).toBe(126);
    expect(await launch(["/etc"], {})).toBe(126);
    expect(await launch([""], {})).toBe(127);
    expect(await launch(["/bin/true", "x".repeat(1 << 20)], {})).toBe(126); // too long an argument
  });
});

test("signals reach the command", async () => {
  const ended = shell('trap "exit 7" USR1; while :; do sleep 0.02; done');
  const sender = setInterval(() => process.emit("SIGUSR1", "SIGUSR1"), 50);
  expect(await ended).toBe(7);
  clearInterval(sender);
  expect(process.listenerCount("SIGUSR1")).toBe(0);
});

test("the environment is what was given", async () => {
  expect(await shell('test "$LD_PRELOAD$X" = y', { X: "y" })).toBe(0);
});
