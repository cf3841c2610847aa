/** The Python whose packages are checked: the one that was named, an activated environment's, or the system's. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export function findPython(named: string | undefined): string | undefined {
  if (named !== undefined) return named;
  const directories = [
    ...(process.env.VIRTUAL_ENV ? [join(process.env.VIRTUAL_ENV, "bin")] : []),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return directories
    .map((directory) => join(directory, "python3"))
    .find((file) => existsSync(file));
}
