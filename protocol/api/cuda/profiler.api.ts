/** Profiler control, of cudaProfiler.h: no part of cuda.h, but the runtime asks for it. */
import { arg, opaque, type Row, row } from "../model.ts";

export const profilerRows: readonly Row[] = [
  row(
    "cuProfilerInitialize",
    4000,
    "refused",
    "Would name a profiler's configuration and output files.",
    [
      arg("configFile", "const char *", opaque),
      arg("outputFile", "const char *", opaque),
      arg("outputMode", "CUoutput_mode"),
    ],
    { why: "CUDA itself gave it up with 11.0; profilers attach from outside." },
  ),
  row(
    "cuProfilerStart",
    4000,
    "local",
    "Asks an attached profiler to collect; none is attached to a guest.",
    [],
  ),
  row("cuProfilerStop", 4000, "local", "Asks an attached profiler to stop collecting.", []),
];
