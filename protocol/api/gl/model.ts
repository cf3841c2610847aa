/**
 * The overlay on the Khronos registry. The registry says what a command's parameters are; a row says what the registry
 * does not: what a pointer points to, where a call is answered, what kind of object a number names.
 */

/** What a name names. Shaders and programs share a name space. */
export const KINDS = [
  "texture",
  "buffer",
  "framebuffer",
  "renderbuffer",
  "sampler",
  "program",
  "query",
  "vertex_array",
  "transform_feedback",
  "pipeline",
  "list",
  "sync",
  "arb_program",
  "ati_shader",
  "memory_object",
  "semaphore",
  "perf_monitor",
  "perf_query",
] as const;
export type Kind = (typeof KINDS)[number];

/**
 * A number of elements (bytes for void) over the command's parameters: `n`, `count*4`, `bufSize/4`, `3`,
 * `pname_count(pname)`. Calls go to `gf_gl_<function>` of protocol/gl or of the generated gl_sizes.h. A negative
 * parameter counts as 0; what overflows is more than any payload may hold.
 */
export type Count = string;

export type Pass =
  | { kind: "value" }
  /** A number that names an object, or 0. */
  | { kind: "name"; of: Kind }
  /** A name of the kind that parameter `by` says (objectKinds); what that does not know is `otherwise`. */
  | { kind: "nameBy"; by: string; otherwise?: Kind }
  /** A pointer that is an offset into a bound buffer, or otherwise never followed: travels as a number. */
  | { kind: "offset" }
  | { kind: "in"; count: Count }
  | { kind: "names"; of: Kind; count: Count }
  /** Zero-terminated, or as long as parameter `length` says unless that is negative. */
  | { kind: "text"; length?: string }
  | { kind: "texts"; count: string; lengths?: string }
  /** What a parameter called `lengths` above points to: travels with the texts. */
  | { kind: "lengths" }
  /**
   * Filled by the driver with at most `count` elements; how many it wrote is found by looking. `names`: they are
   * names; `pname`: they are names if that parameter's value is in pnameKinds.
   */
  | { kind: "out"; count: Count; names?: Kind; pname?: string }
  /** A text of at most `capacity` bytes, its zero included; `length` receives how many are in front of the zero. */
  | { kind: "outText"; capacity: string; length?: string }
  | { kind: "outLength" }
  /** Receives `count` new names, which the guest chooses. */
  | { kind: "gen"; of: Kind; count: Count }
  | { kind: "delete"; of: Kind; count: Count }
  | { kind: "deleteOne"; of: Kind }
  /** The pointer of a vertex array: an offset into the bound buffer, or an address that the host gets nothing of. */
  | { kind: "array" }
  /** Pixels laid out by the unpack state, or an offset into the bound unpack buffer. */
  | { kind: "image"; image: Image }
  /** As `image`, of so many bytes: compressed, or no image at all. */
  | { kind: "imageBytes"; count: Count; image?: Image }
  /** Pixels that the driver writes, laid out by the pack state or into the bound pack buffer. */
  | { kind: "imageOut"; image: Image }
  /** Only hand-written code knows. */
  | { kind: "opaque" };

/** Parameters, or constants of OpenGL, that say what an image looks like. */
export interface Image {
  readonly dimensions: 1 | 2 | 3;
  readonly format?: string;
  readonly type?: string;
  readonly width: string;
  readonly height?: string;
  readonly depth?: string;
}

export type WireType =
  | "u64"
  | "i64"
  | "u32"
  | "i32"
  | "f32"
  | "f64"
  | "u8"
  | "payload"
  | "range"
  | `u32[${number}]`;

export interface Wire {
  readonly args?: Readonly<Record<string, WireType>>;
  readonly reply?: Readonly<Record<string, WireType>>;
  /** What follows the structures, in words. */
  readonly tail?: string;
  readonly replyTail?: string;
}

export interface Row {
  /** Who writes the exported function. `local`: nothing is sent at all. Default `generated`. */
  readonly guest?: "generated" | "custom" | "local" | "refused";
  /** Who writes the handler. Default `generated`. */
  readonly host?: "generated" | "custom";
  /** By parameter. */
  readonly args?: Readonly<Record<string, Pass>>;
  /** The result is a name: `creates` one that the guest chooses, or is `named` by the driver. */
  readonly creates?: Kind;
  readonly named?: Kind;
  /** Parameters that the registry calls names are new ones, or go away. */
  readonly names?: "gen" | "delete";
  /** A place in the order that other contexts may rely on (abi/frame.h). */
  readonly point?: boolean;
  /** The call returns when the driver's has, although nothing comes back. */
  readonly waits?: boolean;
  /** The guest calls `gf_gl_observe_<command>` with the same arguments after the frame was written. */
  readonly observe?: boolean;
  /** The host calls `observe_<command>(call)` after the driver, with the arguments as the guest sent them. */
  readonly observeHost?: boolean;
  /**
   * Changes the state that both halves keep a shadow of: calls `gf_shadow_<command>` (protocol/gl/shadow.h) after the
   * frame was written, and after the driver's call.
   */
  readonly shadow?: boolean;
  /** What the host checks before the driver may follow any pointer: a class of native/backends/gl/data. */
  readonly guard?: string;
  /** Instead of the structures that follow from the parameters. */
  readonly wire?: Wire;
  /** Of a refused or local command: a sentence. */
  readonly why?: string;
  /** A refused command that drivers which advertise it refuse too: it keeps no extension back. */
  readonly alsoNatively?: boolean;
  /** False: has an opcode of its own although the registry calls it an alias. */
  readonly alias?: boolean;
}

/** Rows for all commands that match; of several, later ones refine earlier ones, key by key. */
export interface Rule {
  readonly match: string | RegExp;
  readonly row: Row;
}

/** A call between the two halves that is no command of any API. */
export interface Control {
  readonly symbol: string;
  readonly doc: string;
  /** Absent: `gf_gl_<symbol>_args` is written by hand (protocol/abi/gl.h or protocol/gl). */
  readonly wire?: Wire;
  /** Also without a current context; other calls do nothing then. */
  readonly anywhere?: boolean;
}

export interface Scope {
  /** `api` attributes of the registry's features. */
  readonly apis: readonly string[];
  /** Extensions whose commands are offered. */
  readonly extensions: readonly string[];
  /** Extensions that are never advertised although no command of theirs is missing, and why. */
  readonly withheld: Readonly<Record<string, string>>;
}

export interface Overlay {
  readonly scope: Scope;
  /** The registry's `class` attribute → kind; null: the driver's own numbers are used. */
  readonly classes: Readonly<Record<string, Kind | null>>;
  readonly rules: readonly Rule[];
  readonly control: readonly Control[];
  /** How many values a parameter name takes; 1 where it is not listed. */
  readonly pnameCounts: Readonly<Record<string, number>>;
  /** Parameters whose values are names. */
  readonly pnameKinds: Readonly<Record<string, Kind>>;
  /** Enums that say of what kind another parameter's name is. */
  readonly objectKinds: Readonly<Record<string, Kind>>;
  /** Calls after which what the guest remembers of the context's state is still so. */
  readonly keepsState: readonly RegExp[];
  /** Calls by which the driver reads buffers. */
  readonly readsBuffers: readonly RegExp[];
}
