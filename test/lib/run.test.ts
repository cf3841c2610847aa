import { expect, test } from "vitest";
import { runProgram } from "./run.ts";

test("a program has ended when it has, whatever it left running", async () => {
  const outcome = await runProgram("/bin/sh", {}, { args: ["-c", "sleep 100 & echo $!; exit 3"] });
  process.kill(Number(outcome.stdout)); // which also says that it still ran
  expect(outcome).toMatchObject({ exitCode: 3, signal: null });
});
