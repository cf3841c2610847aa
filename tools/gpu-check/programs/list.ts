/** share/gpu-check/programs/list.json of a bundle: the programs that lie beside it, each in a directory of its name. */
export interface ProgramEntry {
  readonly name: string;
  /** One line for a table. */
  readonly shows: string;
  /** Needs nvcc to be built; the driver's API and a C compiler alone; OpenGL. */
  readonly kind: "cuda" | "driver" | "gl";
  /** Of a success. */
  readonly exitCode: number;
  /** Works long enough for its wall time to mean something. */
  readonly benchmark: boolean;
  /** Inside share/gpu-check/sources; absent where one command does not build it. */
  readonly sources?: readonly string[];
  readonly flags?: readonly string[];
}

export interface ProgramList {
  /** nvcc's last line about its version; "" where there was none. */
  readonly builtWith: string;
  readonly programs: readonly ProgramEntry[];
}
