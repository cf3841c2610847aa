// Where the parts of a checkout lie, seen from this file, be it the source or what tsc made of it.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GpuferryError } from "../model/errors.ts";

export interface Layout {
  readonly root: string;
  readonly version: string;
  readonly addon: string;
  readonly executor: string;
  /** What a guest preloads. */
  readonly shim: string;
  readonly softDriver: string;
  readonly adminProto: string;
}

/** @throws GpuferryError GF_NOT_BUILT if this file was torn out of its checkout */
export function findLayout(): Layout {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let root = here; root !== dirname(root); root = dirname(root)) {
    if (!existsSync(join(root, "protocol/admin/admin.proto"))) continue;
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      version: string;
    };
    return {
      root,
      version,
      addon: join(root, "build/lib/gpuferry.node"),
      executor: join(root, "build/bin/gpuferry-executor"),
      shim: join(root, "build/lib/guest/libgpuferry.so"),
      softDriver: join(root, "build/lib/softcuda/libcuda.so.1"),
      adminProto: join(root, "protocol/admin/admin.proto"),
    };
  }
  throw new GpuferryError("GF_NOT_BUILT", `${here} lies in no checkout of gpuferry`);
}

/** @throws GpuferryError GF_NOT_BUILT */
export function requireBuilt(path: string, what: string): void {
  if (existsSync(path)) return;
  throw new GpuferryError("GF_NOT_BUILT", `${what} is not built (${path}): run \`npm run build\``);
}
