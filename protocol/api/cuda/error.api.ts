/** Names and texts of results. */
import { arg, opaque, type Row, row } from "../model.ts";

export const errorRows: readonly Row[] = [
  row(
    "cuGetErrorString",
    6000,
    "local",
    "Gives the sentence that describes a result; an unknown result gives NULL and an error.",
    [arg("error", "CUresult"), arg("pStr", "const char **", opaque)],
  ),
  row(
    "cuGetErrorName",
    6000,
    "local",
    "Gives the name of a result's constant; an unknown result gives NULL and an error.",
    [arg("error", "CUresult"), arg("pStr", "const char **", opaque)],
  ),
];
