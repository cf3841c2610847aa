/** Names and texts of results. */
import { arg, opaque, type Row, row } from "../model.ts";

export const errorRows: readonly Row[] = [
  row("cuGetErrorString", 6000, "local", "Get Error String.", [
    arg("error", "CUresult"),
    arg("pStr", "const char **", opaque),
  ]),
  row("cuGetErrorName", 6000, "local", "Get Error Name.", [
    arg("error", "CUresult"),
    arg("pStr", "const char **", opaque),
  ]),
];
