/** Where Debian puts the Khronos XML. It is read when code is generated, and never committed. */
import { existsSync, readFileSync } from "node:fs";

export class RegistryMissing extends Error {}

const PLACES: Readonly<Record<string, { paths: readonly string[]; package: string }>> = {
  gl: {
    paths: ["/usr/share/khronos-api/gl.xml", "/usr/lib/python3/dist-packages/glad/files/gl.xml"],
    package: "khronos-api",
  },
  glx: {
    paths: ["/usr/share/khronos-api/glx.xml", "/usr/lib/python3/dist-packages/glad/files/glx.xml"],
    package: "khronos-api",
  },
  egl: { paths: ["/usr/lib/python3/dist-packages/glad/files/egl.xml"], package: "python3-glad" },
};

/** The XML's text. Throws RegistryMissing, which names the package to install. */
export const readRegistry = (api: "gl" | "glx" | "egl"): string => {
  const place = PLACES[api] as (typeof PLACES)[string];
  const path = place.paths.find((p) => existsSync(p));
  if (path === undefined) {
    throw new RegistryMissing(
      `the Khronos registry ${api}.xml is not there; install Debian's ${place.package} (looked at ${place.paths.join(", ")})`,
    );
  }
  return readFileSync(path, "utf8");
};
