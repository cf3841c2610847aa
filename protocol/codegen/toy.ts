/** A small API for the generator's tests: one row of every flavor and one argument of every pass. */
import {
  type Api,
  adopt,
  alias,
  arg,
  destroys,
  device,
  enumeration,
  flags,
  handle,
  handleArray,
  in_,
  inArray,
  mint,
  opaque,
  out,
  outArray,
  outOrNull,
  type Row,
  row,
  struct,
  type TypeDecl,
  text,
} from "../api/model.ts";

export const toyRows: readonly Row[] = [
  row("toyOpen", 1000 + 1000, "sync", "Opens a box by name.", [
    arg("box", "ToyBox *", mint("box")),
    arg("name", "const char *", text),
  ]),
  row("toyClose", 2000, "async", "Closes a box.", [arg("box", "ToyBox", destroys("box"))], {
    observed: true,
  }),
  row(
    "toyFill",
    2000,
    "async",
    "Fills memory.",
    [
      arg("at", "ToyAddress", device("count * 4")),
      arg("value", "unsigned short"),
      arg("count", "size_t"),
      arg("mode", "unsigned int", flags(0x3)),
    ],
    { perThread: ["_pt", 7000] },
  ),
  row(
    "toyMeasure",
    2000,
    "sync",
    "Measures a box.",
    [arg("box", "ToyBox"), arg("size", "ToySize *", out), arg("weight", "float *", outOrNull)],
    { blocks: true },
  ),
  row("toyResize", 2000, "sync", "Gives a box another size.", [
    arg("box", "ToyBox"),
    arg("size", "const ToySize *", in_),
  ]),
  row("toyJoin", 2000, "sync", "Joins boxes.", [
    arg("whole", "ToyBox *", adopt("box")),
    arg("parts", "const ToyBox *", handleArray("box", "count")),
    arg("count", "size_t"),
  ]),
  row("toySort", 2000, "sync", "Sorts keys.", [
    arg("sorted", "int *", outArray("count")),
    arg("keys", "const int *", inArray("count")),
    arg("count", "unsigned int"),
  ]),
  row("toyPlay_v2", 3020, "custom", "Plays.", [arg("how", "void *", opaque)], {
    wire: {
      args: [
        ["how", "range"],
        ["times", "u32"],
        ["pad", "u32"],
      ],
      reply: [["score", "u64"]],
      tail: "the moves",
    },
  }),
  row("toyPlay", 2000, "alias", "The older form of toyPlay.", [arg("how", "void *", opaque)], {
    aliasOf: "toyPlay_v2",
  }),
  row("toyVersion", 2000, "local", "Tells the version.", [arg("version", "int *", opaque)]),
  row("toyFly", 2000, "refused", "Flies.", [arg("height", "float")], { why: "Boxes do not fly." }),
];

export const toy: Api = {
  name: "toy",
  prefix: "toy",
  files: [{ file: "toy.api.ts", rows: toyRows }],
  types: [
    handle("ToyBox", "ToyBox_st", "box", { specials: 1, invalid: "TOY_NO_BOX" }),
    alias("ToyAddress", "unsigned long long"),
    struct(
      "ToySize_st",
      ["ToySize"],
      [
        ["width", "ToyLength"],
        ["owner", "void *"],
      ],
    ),
    alias("ToyLength", "size_t"),
    enumeration("ToyResult_enum", ["ToyResult"], {
      TOY_OK: 0,
      TOY_BAD: 1,
      TOY_NO_ROOM: 2,
      TOY_NO_BOX: 3,
    }),
  ],
  numberKinds: [],
  result: {
    type: "ToyResult",
    ok: "TOY_OK",
    invalidValue: "TOY_BAD",
    invalidHandle: "TOY_BAD",
    outOfMemory: "TOY_NO_ROOM",
  },
};

/** The toy API with its rows changed, for tests of what a bad description says. */
export const toyWith = (rows: readonly Row[], types: readonly TypeDecl[] = []): Api => ({
  ...toy,
  types: [...toy.types, ...types],
  files: [{ file: "toy.api.ts", rows }],
});
