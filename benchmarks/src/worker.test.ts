import { describe, expect, it } from "vitest";
import { Worker } from "./worker.ts";

// A shell reads commands from stdin as a worker does, and says nothing unless told to.
const shell = () => new Worker("shell", "/bin/sh", {});

describe("Worker", () => {
  it("hands back what the program measured", async () => {
    const answer = '{"name":"copy","samples_ns":[1,2],"calls":2,"voluntary_switches":0}';
    const worker = new Worker("shell", "/bin/sh", { ANSWER: answer });
    const run = worker.measure('echo "$ANSWER" #', 2);
    await expect(run).resolves.toMatchObject({ samples_ns: [1, 2], calls: 2 });
    await worker.stop();
  });

  it("tells the program's own error, and in which mode", async () => {
    const worker = new Worker("ring", "/bin/sh", { ANSWER: '{"name":"x","error":"no memory"}' });
    await expect(worker.measure('echo "$ANSWER" #', 1)).rejects.toThrow("ring: echo");
    await worker.stop();
  });

  it("does not wait for a program that has ended", async () => {
    const worker = shell();
    await expect(worker.measure("exit", 3)).rejects.toThrow("shell: the worker ended (3)");
    await expect(worker.measure("true", 1)).rejects.toThrow("shell: the worker is gone");
  });

  it("does not wait longer than it was told to", async () => {
    const worker = shell();
    await expect(worker.measure("exec sleep", 60, "", 100)).rejects.toThrow("SIGKILL");
  });

  it("says when there is no such program", async () => {
    const worker = new Worker("forwarded", "/nonexistent/gpuferry-bench", {});
    await expect(worker.measure("copy", 1)).rejects.toThrow("ENOENT");
  });
});
