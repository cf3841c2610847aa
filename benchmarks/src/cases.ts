/** The micro-benchmarks: what the native workers are told to measure, and what their samples mean. */
import type { Mode, Unit } from "./result.ts";

export interface Case {
  readonly name: string;
  readonly unit: Unit;
  /** A case of benchmarks/native/cases/cases.h, with its argument. */
  readonly command: string;
  readonly argument?: string;
  /** Samples of one repetition. */
  readonly samples: number;
  readonly repetitions: { readonly full: number; readonly quick: number };
  /** From the median of a repetition's samples to the row's unit. */
  readonly value: (ns: number) => number;
  /** Modes that the case makes sense in; all of them unless said. */
  readonly modes?: readonly Mode[];
  readonly countSwitches?: boolean;
}

const usual = { full: 9, quick: 3 };
const microseconds = (ns: number) => ns / 1e3;
const perSecond = (ns: number) => 1e9 / ns;

const CALLS: readonly Case[] = [
  call("sync_call_spinning", "sync_call_spinning", 200),
  call("sync_call_parked", "sync_call_parked", 40),
  call("launch_enqueue", "launch_enqueue", 640),
  rate("launches_per_s", "launch_burst", 20),
  rate("launches_per_s_sustained", "launch_sustained", 2),
  call("launch_sync", "launch_sync", 200),
  { ...call("two_threads_launching", "two_threads", 20), countSwitches: true },
];

function call(name: string, command: string, samples: number): Case {
  return { name, unit: "µs", command, samples, repetitions: usual, value: microseconds };
}

function rate(name: string, command: string, samples: number): Case {
  return { name, unit: "launches/s", command, samples, repetitions: usual, value: perSecond };
}

const KIB = 2 ** 10;
const MIB = 2 ** 20;

interface Size {
  readonly bytes: number;
  readonly samples: number;
  readonly repetitions: Case["repetitions"];
}

// Filling and comparing the large ones takes longer than copying them.
const SIZES: readonly Size[] = [
  { bytes: 4 * KIB, samples: 400, repetitions: usual },
  { bytes: 64 * KIB, samples: 200, repetitions: { full: 9, quick: 0 } },
  { bytes: 1 * MIB, samples: 100, repetitions: usual },
  { bytes: 16 * MIB, samples: 40, repetitions: usual },
  { bytes: 64 * MIB, samples: 12, repetitions: { full: 7, quick: 3 } },
  { bytes: 256 * MIB, samples: 5, repetitions: { full: 3, quick: 0 } },
];

function copies(): Case[] {
  return ["h2d", "d2h"].flatMap((direction) =>
    ["pageable", "pinned"].flatMap((memory) =>
      SIZES.map(({ bytes, samples, repetitions }) => ({
        name: `${direction}_${memory}_${sizeName(bytes)}`,
        unit: "GB/s" as const,
        command: "copy",
        argument: `${bytes}:${direction}:${memory}`,
        samples,
        repetitions,
        value: (ns: number) => bytes / ns,
      })),
    ),
  );
}

/** Pageable memory in other ways than one synchronous call; the bare ring has no such. */
function otherCopies(): Case[] {
  return ["h2d", "d2h"].flatMap((direction) =>
    ["stream", "rows"].map((way) => ({
      name: `${direction}_${way}_${sizeName(MIB)}`,
      unit: "GB/s" as const,
      command: "copy",
      argument: `${MIB}:${direction}:${way}`,
      samples: 100,
      repetitions: usual,
      value: (ns: number) => MIB / ns,
      modes: ["passthrough", "forwarded"] as const,
    })),
  );
}

export function sizeName(bytes: number): string {
  return bytes >= MIB ? `${bytes / MIB}MiB` : `${bytes / KIB}KiB`;
}

export const CASES: readonly Case[] = [...CALLS, ...copies(), ...otherCopies()];
