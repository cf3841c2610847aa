/** Commands that make, delete and ask for names, and those whose names the registry does not mark. */
import type { Rule } from "../model.ts";

const program = { kind: "name", of: "program" } as const;
const arbProgram = { kind: "name", of: "arb_program" } as const;
const query = { kind: "name", of: "query" } as const;

export const names: readonly Rule[] = [
  { match: /^gl(Gen|Create)[A-Z]\w*s(ARB|EXT|OES)?$/, row: { names: "gen", point: true } },
  { match: /^glDelete\w+s(ARB|EXT|OES)?$/, row: { names: "delete", point: true } },
  { match: /^glCreate(Program|Shader)$/, row: { creates: "program", point: true } },
  {
    match: /^glCreateShaderProgramv(EXT)?$/,
    row: {
      creates: "program",
      point: true,
      args: { strings: { kind: "texts", count: "count" } },
    },
  },
  {
    match: "glCreateShaderProgramEXT",
    row: { creates: "program", point: true, args: { string: { kind: "text" } } },
  },
  {
    match: /^glDelete(Program|Shader)$/,
    row: { point: true, names: "delete" },
  },
  {
    match: "glDeleteObjectARB",
    row: { point: true, names: "delete", args: { obj: { kind: "deleteOne", of: "program" } } },
  },
  { match: /^glGet(InfoLog|ObjectParameter[fi]v)ARB$/, row: { args: { obj: program } } },
  {
    match: "glGetAttachedObjectsARB",
    row: {
      args: { containerObj: program, obj: { kind: "out", count: "maxCount", names: "program" } },
    },
  },
  { match: "glGetHandleARB", row: { named: "program" } },
  {
    match: "glGenProgramsARB",
    row: { args: { programs: { kind: "gen", of: "arb_program", count: "n" } } },
  },
  {
    match: "glDeleteProgramsARB",
    row: { args: { programs: { kind: "delete", of: "arb_program", count: "n" } } },
  },
  { match: /^gl(Bind|Is)ProgramARB$/, row: { args: { program: arbProgram } } },
  {
    match: /^gl(Get)?NamedProgram(i|String|LocalParameter)\w*EXT$/,
    row: { args: { program: arbProgram } },
  },
  {
    match: /^gl(Get)?ObjectLabel$/,
    row: { args: { name: { kind: "nameBy", by: "identifier" } } },
  },
  {
    match: /^gl(LabelObject|GetObjectLabel)EXT$/,
    row: { args: { object: { kind: "nameBy", by: "type" } } },
  },
  {
    match: /^gl(Get)?ObjectPtrLabel$/,
    row: { args: { ptr: { kind: "name", of: "sync" } } },
  },
  {
    match: /^glCopyImageSubData(NV)?$/,
    row: {
      args: {
        srcName: { kind: "nameBy", by: "srcTarget", otherwise: "texture" },
        dstName: { kind: "nameBy", by: "dstTarget", otherwise: "texture" },
      },
    },
  },
  { match: "glBeginConditionalRender", row: { args: { id: query } } },
];
