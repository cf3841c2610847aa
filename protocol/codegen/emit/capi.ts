/** cuda_api.h: the API's C types and prototypes, from the description alone. */
import type { RecordDecl, TypeDecl } from "../../api/model.ts";
import { exported, type Plan } from "../plan.ts";
import { banner, declare, indent } from "../text.ts";

const recordBody = (record: RecordDecl): string[] =>
  record.fields.flatMap(([name, type, alignBytes]) => {
    const align = alignBytes === undefined ? "" : `GF_API_ALIGN(${alignBytes}) `;
    if (typeof type === "string") return [`${align}${declare(type, name)};`];
    return [
      `${type.union ? "union" : "struct"} {`,
      ...recordBody(type).map((l) => `  ${l}`),
      `}${name && ` ${name}`};`,
    ];
  });

const emitType = (decl: TypeDecl): string => {
  switch (decl.kind) {
    case "handle":
      return `typedef struct ${decl.tag} *${decl.name};`;
    case "alias":
      return `typedef ${declare(decl.type, decl.name)};`;
    case "callback":
      return `typedef ${decl.returns} (CUDA_CB *${decl.name})(${decl.args.join(", ")});`;
    case "constant":
      return `#define ${decl.name} ${decl.value}`;
    case "enum": {
      const values = Object.entries(decl.values).map(([k, v]) => `${k} = ${v},`);
      const names = decl.names.map((n) => `typedef enum ${decl.tag} ${n};`);
      return [`enum ${decl.tag} {`, indent(values), "};", ...names].join("\n");
    }
    case "record": {
      const tag = `${decl.record.union ? "union" : "struct"} ${decl.tag}`;
      const names = decl.names.map((n) => `typedef ${tag} ${n};`);
      return [`${tag} {`, indent(recordBody(decl.record)), "};", ...names].join("\n");
    }
  }
};

const namesOf = (decl: TypeDecl): readonly string[] =>
  decl.kind === "enum" || decl.kind === "record"
    ? [...decl.names, decl.tag]
    : decl.kind === "constant"
      ? []
      : [decl.name];

/** Every identifier that a declaration mentions by value or by pointer. */
const mentions = (decl: TypeDecl): string[] => {
  const words = (text: string): string[] => text.match(/[A-Za-z_]\w*/g) ?? [];
  const inRecord = (record: RecordDecl): string[] =>
    record.fields.flatMap(([, type]) => (typeof type === "string" ? words(type) : inRecord(type)));
  switch (decl.kind) {
    case "alias":
      return words(decl.type);
    case "callback":
      return [decl.returns, ...decl.args].flatMap(words);
    case "record":
      return inRecord(decl.record);
    default:
      return [];
  }
};

/** Declarations before their users. Records are forward-declared, so only cycles through values would be errors. */
export const inDependencyOrder = (types: readonly TypeDecl[]): TypeDecl[] => {
  const owner = new Map<string, TypeDecl>();
  for (const decl of types) for (const name of namesOf(decl)) owner.set(name, decl);
  const done = new Set<TypeDecl>();
  const ordered: TypeDecl[] = [];
  const visit = (decl: TypeDecl): void => {
    if (done.has(decl)) return;
    done.add(decl);
    for (const word of mentions(decl)) {
      const needed = owner.get(word);
      if (needed) visit(needed);
    }
    ordered.push(decl);
  };
  for (const decl of types) visit(decl);
  return ordered;
};

export const emitApiHeader = (plan: Plan): string => {
  const { api } = plan;
  // Callbacks may name a record by pointer that names them by value: forward declarations break such circles.
  const forward = api.types.flatMap((t) =>
    t.kind === "record"
      ? t.names.map((n) => `typedef ${t.record.union ? "union" : "struct"} ${t.tag} ${n};`)
      : [],
  );
  const prototypes = exported(plan).flatMap(({ row }) => {
    const params = row.args.map((a) => declare(a.type, a.name)).join(", ") || "void";
    const one = (symbol: string): string =>
      `${row.opts.returns ?? api.result.type} CUDAAPI ${symbol}(${params});`;
    return [
      one(row.symbol),
      ...(row.opts.perThread ? [one(row.symbol + row.opts.perThread[0])] : []),
    ];
  });
  return `${banner(`The ${api.name} API: types and prototypes.`)}#pragma once

#include <stddef.h>
#include <stdint.h>

#define CUDAAPI
#define CUDA_CB

#ifdef __cplusplus
#define GF_API_ALIGN(n) alignas(n)
extern "C" {
#else
#define GF_API_ALIGN(n) _Alignas(n)
#endif

${forward.join("\n")}

${inDependencyOrder(api.types).map(emitType).join("\n\n")}

#pragma GCC visibility push(default)
${prototypes.join("\n")}
#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif
`;
};
