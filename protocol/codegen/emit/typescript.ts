/** ts/<api>.ts and ts/abi.ts: what the server knows of the protocol. */
import type { AbiStruct } from "../abi.ts";
import type { Plan } from "../plan.ts";
import { banner } from "../text.ts";

export const emitApiTs = (plan: Plan, protocolHash: string): string => {
  const wired = plan.rows.filter((r) => r.opcode !== null);
  return `${banner(`The ${plan.api.name} API's calls, for display and statistics.`)}
/** Hash of everything in protocol/: guest, executor and server must have been generated from the same. */
export const PROTOCOL_HASH = 0x${protocolHash}n;

export interface CallInfo {
  readonly name: string;
  readonly flavor: 'async' | 'sync' | 'custom';
  readonly since: number;
}

/** By opcode. */
export const calls: ReadonlyMap<number, CallInfo> = new Map<number, CallInfo>([
${wired.map((r) => `  [${r.opcode}, { name: '${r.row.symbol}', flavor: '${r.row.flavor}', since: ${r.row.since} }],`).join("\n")}
]);
`;
};

export const emitAbiTs = (
  constants: ReadonlyMap<string, bigint>,
  structs: readonly AbiStruct[],
): string => {
  const value = (v: bigint): string =>
    v <= BigInt(Number.MAX_SAFE_INTEGER) ? v.toString() : `0x${v.toString(16)}n`;
  return `${banner("Constants and layouts of protocol/abi.")}
${[...constants].map(([name, v]) => `export const ${name} = ${value(v)};`).join("\n")}

/** Layouts: the size of each structure and the offset and size of each field, in bytes. */
export const layout = {
${structs
  .map(
    (s) =>
      `  ${s.name}: {\n    sizeBytes: ${s.sizeBytes},\n${s.fields
        .map((f) => `    ${f.name}: { offsetBytes: ${f.offsetBytes}, sizeBytes: ${f.sizeBytes} },`)
        .join("\n")}\n  },`,
  )
  .join("\n")}
} as const;
`;
};
