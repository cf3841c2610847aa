import { describe, expect, it } from "vitest";
import { type Ending, judge, verdictOfText } from "./verdict.ts";

const well: Ending = { stdout: "", stderr: "", exitCode: 0, timedOut: false };
const verdict = (ending: Partial<Ending>) => judge({ ...well, ...ending }).verdict;

describe("what a line claims", () => {
  it.each([
    "Test PASSED",
    "PASS",
    "Result = PASS",
    "[saxpy] test results...\nPASSED",
    "Results are correct.",
    "Success: all 1024 elements agree",
    "Max error: 0.000001\nOK",
    "No errors found",
    "0 errors",
    "mismatches: 0",
    "Failed: 0, passed: 12",
    "Verification: error count = 0",
    "Non-Matching CPU-GPU Outputs Beyond Error Threshold of 5.00 Percent: 0",
    "There were no mismatches",
    "...inspecting keys array: OK",
    "Launch kernel to generate assertion failures\nDevice assert failed as expected, returned OK",
  ])("pass: %s", (text) => {
    expect(verdictOfText(text)?.verdict).toBe("pass");
  });

  it.each([
    "Test FAILED!",
    "PASS\nFAIL",
    "Mismatch at 7: 1 instead of 2",
    "mismatches: 10",
    "Failed: 3, passed: 12",
    "Result is wrong",
    "incorrect results",
    "GPU and CPU do not match",
    "CUDA error at main.cu:14 code=700(cudaErrorIllegalAddress)",
    "Error: cannot open input",
    "terminate called after throwing an instance of 'thrust::system::system_error'",
    "Non-Matching CPU-GPU Outputs Beyond Error Threshold of 5.00 Percent: 60",
  ])("wrong: %s", (text) => {
    expect(verdictOfText(text)?.verdict).toBe("wrong");
  });

  it.each(["", "time = 4 ms", "average error rate 1.5e-3", "1 2 3"])("nothing: %s", (text) => {
    expect(verdictOfText(text)).toBeUndefined();
  });

  it("our own log lines are not the program's words, nor is a kernel's assert()", () => {
    const assertion =
      "a.cu:64: void k(int): block: [1,0,0], thread: [28,0,0] Assertion `i < N` failed.";
    expect(verdictOfText(`${assertion}\nTest completed, returned OK`)?.verdict).toBe("pass");
    expect(verdictOfText("softcuda: a module cannot be loaded: failed")).toBeUndefined();
  });
});

describe("how it ended", () => {
  it("goes by the words where it ended well", () => {
    expect(verdict({ stdout: "PASS" })).toBe("pass");
    expect(verdict({ stdout: "FAIL" })).toBe("wrong");
    expect(verdict({ stdout: "done in 4 ms" })).toBe("silent");
  });

  it("does not believe a claim that is followed by a bad status", () => {
    expect(verdict({ stdout: "PASS", exitCode: 1 })).toBe("wrong");
    expect(verdict({ stdout: "PASS", exitCode: 139 })).toBe("crash");
    expect(verdict({ stdout: "PASS", exitCode: 255 })).toBe("wrong");
    expect(verdict({ stdout: "PASS", exitCode: null })).toBe("crash");
    expect(verdict({ stdout: "PASS", exitCode: null, timedOut: true })).toBe("timeout");
  });

  it("takes the status for a judgement where the program means it as one", () => {
    expect(judge({ ...well, stdout: "done" }, { byStatus: true }).verdict).toBe("pass");
    expect(judge({ ...well, stdout: "done", exitCode: 1 }, { byStatus: true }).verdict).toBe(
      "wrong",
    );
  });

  it("knows a waiver from a failure", () => {
    expect(verdict({ stdout: "needs two devices", exitCode: 2 })).toBe("waived");
    expect(verdict({ stdout: "Test failed", exitCode: 2 })).toBe("wrong");
  });

  it("names what was missing, unless the program did without", () => {
    const stderr = "softcuda: cuTexRefSetArray is not supported: deprecated\n";
    const judged = judge({ ...well, stderr, exitCode: 1 });
    expect(judged.verdict).toBe("unsupported");
    expect(judged.missing).toEqual([{ kind: "api", name: "cuTexRefSetArray" }]);
    expect(verdict({ stderr, stdout: "PASS" })).toBe("pass");
  });
});
