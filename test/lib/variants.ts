/** Which program is tested with which runtimes: all with the static one, some with the shared and with an older one. */
import { type Cudart, needsNvcc, type Program } from "./manifest.ts";
import { wheelDir } from "./paths.ts";

const OLD_RUNTIME_PROGRAMS: readonly string[] = ["vector_add", "matrix_mul", "simple_streams"];

const SHARED_RUNTIME_PROGRAMS: readonly string[] = [
  ...OLD_RUNTIME_PROGRAMS,
  "managed_memory",
  "simple_callback",
  "separate",
  "error_cases",
  "plugin",
  "fork_child",
];

export interface Variant {
  readonly program: Program;
  readonly cudart: Cudart;
}

export function variants(programs: readonly Program[]): Variant[] {
  const older = wheelDir("cuda_runtime/lib") !== undefined;
  return programs.flatMap((program) => {
    const runtimes: Cudart[] = ["static"];
    if (needsNvcc(program) && SHARED_RUNTIME_PROGRAMS.includes(program.name))
      runtimes.push("shared");
    if (older && OLD_RUNTIME_PROGRAMS.includes(program.name)) runtimes.push("12.4");
    return runtimes.map((cudart) => ({ program, cudart }));
  });
}
