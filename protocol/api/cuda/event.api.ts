/** Events. */
import { arg, destroys, flags, mint, opaque, out, type Row, row } from "../model.ts";

export const eventRows: readonly Row[] = [
  row(
    "cuEventCreate",
    2000,
    "async",
    "Event Create.",
    [arg("phEvent", "CUevent *", mint("event")), arg("Flags", "unsigned int", flags(0x3))],
    { observed: true },
  ),
  row("cuEventQuery", 2000, "custom", "Event Query.", [arg("hEvent", "CUevent")], {
    wire: { args: [["event", "u64"]] },
  }),
  row("cuEventSynchronize", 2000, "custom", "Event Synchronize.", [arg("hEvent", "CUevent")], {
    blocks: true,
    wire: { args: [["event", "u64"]] },
  }),
  row("cuEventDestroy", 2000, "alias", "Event Destroy.", [arg("hEvent", "CUevent")], {
    aliasOf: "cuEventDestroy_v2",
  }),
  row(
    "cuEventDestroy_v2",
    4000,
    "async",
    "Event Destroy.",
    [arg("hEvent", "CUevent", destroys("event"))],
    { observed: true },
  ),
  row(
    "cuEventElapsedTime",
    2000,
    "alias",
    "Event Elapsed Time.",
    [arg("pMilliseconds", "float *", opaque), arg("hStart", "CUevent"), arg("hEnd", "CUevent")],
    { aliasOf: "cuEventElapsedTime_v2" },
  ),
  row("cuEventElapsedTime_v2", 12080, "sync", "Event Elapsed Time.", [
    arg("pMilliseconds", "float *", out),
    arg("hStart", "CUevent"),
    arg("hEnd", "CUevent"),
  ]),
  row(
    "cuEventRecord",
    2000,
    "async",
    "Event Record.",
    [arg("hEvent", "CUevent"), arg("hStream", "CUstream")],
    { perThread: ["_ptsz", 7000], observed: true },
  ),
  row(
    "cuEventRecordWithFlags",
    11010,
    "async",
    "Event Record With Flags.",
    [
      arg("hEvent", "CUevent"),
      arg("hStream", "CUstream"),
      arg("flags", "unsigned int", flags(0x1)),
    ],
    { perThread: ["_ptsz", 11010], observed: true },
  ),
];
