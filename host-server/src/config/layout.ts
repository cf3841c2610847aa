// Where the parts lie, of a checkout or of an unpacked bundle, seen from this file: the source, what tsc made of it, or
// what `npm run bundle` made of it.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GpuferryError } from "../model/errors.ts";

export interface Layout {
  readonly root: string;
  /** An unpacked bundle: there is nothing to build, and what is missing was not unpacked. */
  readonly bundled: boolean;
  readonly version: string;
  readonly addon: string;
  readonly executor: string;
  /** What a guest preloads. */
  readonly shim: string;
  readonly softDriver: string;
  readonly adminProto: string;
}

/** Marks the root of an unpacked bundle; holds its version. */
export const bundleMark = "share/gpuferry/bundle.json";

/** @throws GpuferryError GF_NOT_BUILT if this file was torn out of its checkout or bundle */
export function findLayout(): Layout {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let root = here; root !== dirname(root); root = dirname(root)) {
    if (existsSync(join(root, bundleMark))) {
      return layoutOf(root, root, true, bundleMark, "share/gpuferry/admin.proto");
    }
    const proto = "protocol/admin/admin.proto";
    if (existsSync(join(root, proto))) {
      return layoutOf(root, join(root, "build"), false, "package.json", proto);
    }
  }
  throw new GpuferryError("GF_NOT_BUILT", `${here} lies in no checkout or bundle of gpuferry`);
}

/** A bundle holds what a build leaves in `built`, under the same names. */
function layoutOf(
  root: string,
  built: string,
  bundled: boolean,
  versioned: string,
  adminProto: string,
): Layout {
  const { version } = JSON.parse(readFileSync(join(root, versioned), "utf8")) as {
    version: string;
  };
  return {
    root,
    bundled,
    version,
    addon: join(built, "lib/gpuferry.node"),
    executor: join(built, "bin/gpuferry-executor"),
    shim: join(built, "lib/guest/libgpuferry.so"),
    softDriver: join(built, "lib/softcuda/libcuda.so.1"),
    adminProto: join(root, adminProto),
  };
}

/** @throws GpuferryError GF_NOT_BUILT */
export function requireBuilt(path: string, what: string): void {
  if (existsSync(path)) return;
  throw new GpuferryError(
    "GF_NOT_BUILT",
    `${what} is not there (${path}): run \`npm run build\`, or unpack the whole bundle`,
  );
}
