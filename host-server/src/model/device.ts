// A device as an executor's backend reports it.

export interface Device {
  readonly ordinal: number;
  readonly name: string;
  readonly uuid: string;
  readonly memoryBytes: number;
  readonly computeMajor: number;
  readonly computeMinor: number;
  readonly pciBusId: string;
}

/** The libcuda.so.1 that executors load, and what it drives. */
export interface Backend {
  readonly driverPath: string;
  readonly driverKind: "soft" | "native";
  /** As cuDriverGetVersion says: 13000 is CUDA 13.0. */
  readonly driverVersion: number;
  readonly devices: readonly Device[];
}
