/** Events. */
import { arg, destroys, flags, mint, opaque, out, type Row, row } from "../model.ts";

export const eventRows: readonly Row[] = [
  row(
    "cuEventCreate",
    2000,
    "async",
    "Makes an event; flags choose timing, blocking waits and sharing between processes.",
    [arg("phEvent", "CUevent *", mint("event")), arg("Flags", "unsigned int", flags(0x3))],
    { observed: true },
  ),
  row(
    "cuEventQuery",
    2000,
    "custom",
    "Says without waiting whether an event's work is done; CUDA_ERROR_NOT_READY means not yet.",
    [arg("hEvent", "CUevent")],
    {
      wire: { args: [["event", "u64"]] },
    },
  ),
  row(
    "cuEventSynchronize",
    2000,
    "custom",
    "Waits for the work an event was last recorded behind; one never recorded is done.",
    [arg("hEvent", "CUevent")],
    {
      blocks: true,
      wire: { args: [["event", "u64"]] },
    },
  ),
  row(
    "cuEventDestroy",
    2000,
    "alias",
    "The CUDA 2 symbol of cuEventDestroy_v2, which failed for an event still pending.",
    [arg("hEvent", "CUevent")],
    {
      aliasOf: "cuEventDestroy_v2",
    },
  ),
  row(
    "cuEventDestroy_v2",
    4000,
    "async",
    "Destroys an event; one still pending lives on until its work is done.",
    [arg("hEvent", "CUevent", destroys("event"))],
    { observed: true },
  ),
  row(
    "cuEventElapsedTime",
    2000,
    "alias",
    "The symbol before CUDA 12.8 of cuEventElapsedTime_v2, which also brought unrelated errors.",
    [arg("pMilliseconds", "float *", opaque), arg("hStart", "CUevent"), arg("hEnd", "CUevent")],
    { aliasOf: "cuEventElapsedTime_v2" },
  ),
  row(
    "cuEventElapsedTime_v2",
    12080,
    "sync",
    "Gives the milliseconds between two recorded events, to about half a microsecond.",
    [arg("pMilliseconds", "float *", out), arg("hStart", "CUevent"), arg("hEnd", "CUevent")],
  ),
  row(
    "cuEventRecord",
    2000,
    "async",
    "Records an event behind what the stream holds now; a new record replaces the old one.",
    [arg("hEvent", "CUevent"), arg("hStream", "CUstream")],
    { perThread: ["_ptsz", 7000], observed: true },
  ),
  row(
    "cuEventRecordWithFlags",
    11010,
    "async",
    "Records an event as cuEventRecord does; a flag makes it a node in a captured graph.",
    [arg("hEvent", "CUevent"), arg("hStream", "CUstream"), arg("flags", "unsigned int", flags(0))],
    { perThread: ["_ptsz", 11010], observed: true },
  ),
];
