/** Everything that is generated, as texts by path: pure, so that tests need no disk. */
import { createHash } from "node:crypto";
import type { Api } from "../api/model.ts";
import { readConstants, readStructs } from "./abi.ts";
import { emitApiHeader } from "./emit/capi.ts";
import { emitFunctionTable } from "./emit/conformance.ts";
import { emitDispatch } from "./emit/dispatch.ts";
import { emitDriver } from "./emit/driver.ts";
import { emitProcs } from "./emit/procs.ts";
import { emitRefusals } from "./emit/refusals.ts";
import { emitStubs } from "./emit/stubs.ts";
import { emitAbiTs, emitApiTs } from "./emit/typescript.ts";
import { emitWireHeader } from "./emit/wire.ts";
import { planRows } from "./plan.ts";
import { validate } from "./validate.ts";

export interface Sources {
  readonly api: Api;
  readonly opcodes: ReadonlyMap<string, number>;
  /** Texts of protocol/abi/*.h, by file name. */
  readonly abi: ReadonlyMap<string, string>;
  /** What other descriptions add to that on which both sides must agree. */
  readonly alsoAgreed?: unknown;
}

/** 16 hex digits over all that the two sides of a session must agree on. Docs are no part of it. */
export const protocolHash = ({ api, opcodes, abi, alsoAgreed }: Sources): string => {
  const rows = api.files.flatMap((f) =>
    f.rows.map(({ doc: _doc, opts: { why: _why, ...opts }, ...row }) => ({ ...row, opts })),
  );
  const layouts = [
    readStructs([...abi.values()]),
    [...readConstants([...abi.values()])].map(([k, v]) => [k, v.toString()]),
  ];
  const agreed = JSON.stringify([
    rows,
    api.types,
    [...opcodes],
    layouts,
    ...(alsoAgreed === undefined ? [] : [alsoAgreed]),
  ]);
  return createHash("sha256").update(agreed).digest("hex").slice(0, 16);
};

/** Paths (under protocol/generated) and their contents. Throws DescriptionError for a bad description. */
export const generate = (sources: Sources): Map<string, string> => {
  const { api, abi } = sources;
  validate(api);
  const plan = planRows(api, sources.opcodes);
  const hash = protocolHash(sources);
  return new Map([
    [`c/${api.name}_api.h`, emitApiHeader(plan)],
    [`c/${api.name}_wire.h`, emitWireHeader(plan, hash)],
    [`c/${api.name}_procs.inc`, emitProcs(plan)],
    [`c/${api.name}_functions.inc`, emitFunctionTable(plan)],
    [`c/${api.name}_stubs.c`, emitStubs(plan)],
    [`c/${api.name}_refusals.c`, emitRefusals(plan)],
    [`cpp/${api.name}_driver.h`, emitDriver(plan)],
    [`cpp/${api.name}_dispatch.cc`, emitDispatch(plan)],
    [`ts/${api.name}.ts`, emitApiTs(plan, hash)],
    ["ts/abi.ts", emitAbiTs(readConstants([...abi.values()]), readStructs([...abi.values()]))],
  ]);
};
