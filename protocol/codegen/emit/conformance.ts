/**
 * c/<api>_functions.inc: every function with its arguments' types, and a way to call it with values that are chosen at
 * run time. The conformance suite (test/conformance) derives its calls from it, so that a new row is exercised
 * without anybody writing a test. Its structures stand in test/conformance/table.h.
 */
import type { RecordDecl, TypeDecl } from "../../api/model.ts";
import { isPointer, pointee, type TypeTable } from "../ctypes.ts";
import { exported, type Plan, type PlannedArg } from "../plan.ts";
import { banner, declare, quote } from "../text.ts";

const depthOf = (type: string): number => (type.match(/\*/g) ?? []).length;

/** The type at the end of all pointers, without const. */
const innermost = (type: string): string => {
  let inner = type;
  while (isPointer(inner)) inner = pointee(inner);
  return inner.replace(/^const /, "").trim();
};

const resolve = (types: TypeTable, type: string): TypeDecl | undefined => {
  const decl = types.find(type);
  return decl?.kind === "alias" ? (resolve(types, decl.type) ?? decl) : decl;
};

const UNSIGNED = /^(unsigned|size_t|u?int\d+_t$)/;

const scalarOf = (types: TypeTable, type: string): string => {
  const decl = types.find(type);
  return decl?.kind === "alias" ? scalarOf(types, decl.type) : type;
};

interface FlatField {
  readonly path: string;
  readonly type: string;
  readonly count: number;
}

/** A record's members with their paths; those of unions are left out, as nothing says which one holds. */
const flatten = (types: TypeTable, record: RecordDecl, prefix = ""): FlatField[] =>
  record.fields.flatMap(([name, type]): FlatField[] => {
    const path = name ? `${prefix}${name}` : prefix.replace(/\.$/, "");
    if (typeof type !== "string")
      return type.union ? [] : flatten(types, type, name ? `${path}.` : prefix);
    const array = /^(.*?)\s*((?:\[\d+\])+)$/.exec(type);
    const element = array ? (array[1] as string) : type;
    if (element.startsWith("struct ") || element.startsWith("union ")) return [];
    const decl = isPointer(element) ? undefined : resolve(types, element);
    if (decl?.kind === "record") {
      return array || decl.record.union ? [] : flatten(types, decl.record, `${path}.`);
    }
    const count = array
      ? [...(array[2] as string).matchAll(/\d+/g)].reduce((n, [d]) => n * Number(d), 1)
      : 1;
    return [{ path, type: element, count }];
  });

const kindOf = (types: TypeTable, type: string): string => {
  if (isPointer(type)) return "TABLE_POINTER";
  const decl = resolve(types, type);
  switch (decl?.kind) {
    case "handle":
    case "callback":
      return "TABLE_POINTER";
    case "enum":
      return "TABLE_ENUM";
    case "record":
      return "TABLE_RECORD";
    default: {
      const scalar = scalarOf(types, type);
      if (scalar === "void") return "TABLE_VOID";
      if (scalar === "float" || scalar === "double") return "TABLE_REAL";
      if (scalar === "char") return "TABLE_TEXT";
      return UNSIGNED.test(scalar) ? "TABLE_UNSIGNED" : "TABLE_SIGNED";
    }
  }
};

const ident = (type: string): string => type.replace(/\W+/g, "_");

const emitTableType = (types: TypeTable, type: string): string => {
  const decl = resolve(types, type);
  const id = ident(type);
  const lines: string[] = [];
  let fields = "NULL, 0";
  let values = "NULL, 0";
  if (decl?.kind === "record" && !decl.record.union) {
    const flat = flatten(types, decl.record);
    if (flat.length > 0) {
      lines.push(
        `static const struct table_field table_fields_${id}[] = {`,
        ...flat.map(
          ({ path, type: of, count }) =>
            `  {${quote(path)}, offsetof(${type}, ${path}), sizeof(((${type} *)0)->${path}) / ${count}, ${count}, ${kindOf(types, of)}},`,
        ),
        "};",
      );
      fields = `table_fields_${id}, ${flat.length}`;
    }
  }
  if (decl?.kind === "enum") {
    const distinct = [...new Set(Object.values(decl.values))];
    lines.push(`static const int64_t table_values_${id}[] = {${distinct.join(", ")}};`);
    values = `table_values_${id}, ${distinct.length}`;
  }
  const size = kindOf(types, type) === "TABLE_VOID" ? "0" : `sizeof(${type})`;
  lines.push(
    `static const struct table_type table_type_${id} = {${quote(type)}, ${kindOf(types, type)}, ${size}, ${fields}, ${values}};`,
  );
  return lines.join("\n");
};

const argumentOf = (types: TypeTable, arg: PlannedArg, i: number): string => {
  if (isPointer(arg.type)) return `(${arg.type})v[${i}].pointer`;
  switch (kindOf(types, arg.type)) {
    case "TABLE_POINTER":
      return `(${arg.type})v[${i}].pointer`;
    case "TABLE_REAL":
      return `(${arg.type})v[${i}].real`;
    case "TABLE_RECORD":
      return `*(const ${arg.type} *)v[${i}].pointer`;
    default:
      return `(${arg.type})v[${i}].number`;
  }
};

export const emitFunctionTable = (plan: Plan): string => {
  const { types } = plan;
  const rows = exported(plan);
  const named = [...new Set(rows.flatMap((r) => r.args.map((a) => innermost(a.type))))].sort();
  const entries = rows.flatMap((r) => {
    const { symbol } = r.row;
    const parameters = r.row.args.map((a) => declare(a.type, "")).join(", ") || "void";
    const values = r.args.map((a, i) => argumentOf(types, a, i)).join(", ");
    const args = r.args.map((a) => {
      const isConst = /^const /.test(a.type);
      const ends = a.pass.kind === "destroys";
      return `  {${quote(a.name)}, &table_type_${ident(innermost(a.type))}, ${depthOf(a.type)}, ${isConst}, ${ends}},`;
    });
    return [
      `static int table_call_${symbol}(void *function, const union table_value *v) {`,
      ...(r.args.length ? [] : ["  (void)v;"]),
      `  return (int)((${r.row.opts.returns ?? plan.api.result.type} (*)(${parameters}))function)(${values});`,
      "}",
      ...(args.length
        ? [`static const struct table_arg table_args_${symbol}[] = {`, ...args, "};"]
        : []),
    ];
  });
  const functions = rows.flatMap(({ row, base }) => {
    const args = row.args.length ? `table_args_${row.symbol}` : "NULL";
    const one = (symbol: string, isVariant: boolean): string =>
      `  {${quote(symbol)}, ${quote(base)}, ${args}, ${row.args.length}, ${isVariant}, table_call_${row.symbol}},`;
    return [
      one(row.symbol, false),
      ...(row.opts.perThread ? [one(row.symbol + row.opts.perThread[0], true)] : []),
    ];
  });
  return `${banner(`Every function of the ${plan.api.name} API, to be called by name.`)}
${named.map((type) => emitTableType(types, type)).join("\n")}

${entries.join("\n")}

const struct table_function table_functions[] = {
${functions.join("\n")}
};
const unsigned table_function_count = sizeof table_functions / sizeof *table_functions;
`;
};
