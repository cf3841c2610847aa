/**
 * The programs under test/programs: what each is made of and what it is for. Tests run all of them,
 * quickstart shows those marked so, benchmarks take the times of those that work for long enough.
 */

/** Which runtime a program is linked with; "12.4" is a shared one older than the compiler. */
export type Cudart = "static" | "shared" | "12.4";

export interface Program {
  readonly name: string;
  /** One line for a table. */
  readonly shows: string;
  /** Paths inside test/programs. A program with a .cu among them needs nvcc, any other only a C compiler. */
  readonly sources: readonly string[];
  readonly flags?: readonly string[];
  /** Shared objects that the program loads from its own directory. */
  readonly plugins?: readonly { readonly name: string; readonly sources: readonly string[] }[];
  /** Files that the program reads from its own directory, e.g. PTX. */
  readonly data?: readonly string[];
  /** Of a success; 0 unless said. */
  readonly exitCode?: number;
  readonly quickstart?: boolean;
  /** Works long enough for its wall time to mean something. */
  readonly benchmark?: boolean;
}

function cuda(name: string, shows: string, more: Partial<Program> = {}): Program {
  return { name, shows, sources: [`cuda/${name}.cu`], ...more };
}

function driver(name: string, shows: string, more: Partial<Program> = {}): Program {
  return {
    name: `driver_${name}`,
    shows,
    sources: [`driver/${name}.c`],
    quickstart: true,
    ...more,
  };
}

const KERNELS = ["driver/kernels.ptx"];

const demo = { quickstart: true };
const workload = { quickstart: true, benchmark: true };

export const PROGRAMS: readonly Program[] = [
  cuda("vector_add", "c = a + b", demo),
  cuda("matrix_mul", "tiled product in shared memory", workload),
  cuda("reduction", "nine ways to add up", workload),
  cuda("scan", "prefix sums", demo),
  cuda("histogram", "64 and 256 bins", demo),
  cuda("warp_ops", "shuffle, vote, match, warp atomics", demo),
  cuda("merge_sort", "key/value merge sort", workload),
  cuda("transpose", "six transposes", demo),
  cuda("simple_printf", "printf in kernels", demo),
  cuda("printf_and_copies", "what kernels print, and copies behind it"),
  cuda("simple_assert", "a failing assert in a kernel", demo),
  cuda("simple_streams", "work split over streams", demo),
  cuda("simple_callback", "host functions in stream order", demo),
  cuda("no_descriptors", "host functions without a descriptor left"),
  cuda("async_api", "the host goes on meanwhile", demo),
  cuda("grid_sync", "cooperative groups, grid barrier", demo),
  cuda("clusters", "clusters of blocks, shared memory of other blocks", {
    flags: ["-arch=sm_90"],
    quickstart: true,
  }),
  cuda("tensor_copies", "boxes of tensors by tensor maps", { flags: ["-arch=sm_90"] }),
  cuda("separate", "separate compilation (-rdc=true)", {
    sources: ["cuda/separate/main.cu", "cuda/separate/ops.cu"],
    flags: ["-rdc=true"],
    quickstart: true,
  }),
  cuda("thrust_algorithms", "Thrust: sort, scan, reduce", demo),
  cuda("black_scholes", "option prices", workload),
  cuda("nbody", "gravity, all pairs", workload),
  cuda("jacobi", "thousands of short launches", workload),
  cuda("convolution", "separable blur", workload),
  cuda("mandelbrot", "divergent pixels", workload),
  cuda("nested_launch", "kernels that launch kernels are refused", {
    flags: ["-rdc=true", "-lcudadevrt"],
  }),
  cuda("error_cases", "every documented error, to the sticky one"),
  cuda("broken_contexts", "a device is reset and computes again"),
  cuda("several_contexts", "handles of another context, or of one that went"),
  cuda("managed_memory", "one pointer for both sides"),
  cuda("managed_variables", "globals that both sides use"),
  cuda("mapped_memory", "pinned memory, read in place"),
  cuda("multi_device", "two devices, where there are two"),
  cuda("multi_thread", "many host threads"),
  cuda("memory_limits", "out of memory, pitched, pooled"),
  cuda("constant_memory", "variables by symbol"),
  cuda("device_query", "what the device says of itself"),
  cuda("graph_capture", "a stream captured to a graph"),
  cuda("graph_memory", "graphs that copy pageable memory"),
  cuda("graph_nodes", "graphs built by hand, read back, changed"),
  cuda("graph_alloc", "graphs that allocate memory"),
  cuda("graph_conditional", "graphs that kernels decide about", {
    flags: ["-rdc=true", "-lcudadevrt"],
  }),
  cuda("graph_driver", "driver API: graphs, memory operations"),
  cuda("capture_rules", "what may not be done while capturing"),
  cuda("copies", "every kind of copy and pointer"),
  cuda("wrong_copies", "copies in the wrong direction or shape"),
  cuda("device_text", "memory of modules that kernels name"),
  cuda("pool_handles", "which pool memory is from"),
  cuda("registered_memory", "memory registered, shared with a child or not"),
  cuda("copies_per_thread", "the same with a default stream a thread", {
    sources: ["cuda/copies.cu"],
    flags: ["--default-stream", "per-thread"],
  }),
  cuda("fork_child", "fork before and after CUDA"),
  cuda("exit_in_thread", "exit() while kernels run", { exitCode: 41 }),
  cuda("endless_exit", "exit() under a kernel without end", { exitCode: 43 }),
  cuda("plugin", "CUDA in a library that comes and goes", {
    sources: ["cuda/plugin_host.cc"],
    flags: ["-ldl"],
    plugins: [{ name: "libplugin.so", sources: ["cuda/plugin.cu"] }],
  }),
  cuda("textures", "every kind of texture object"),
  cuda("surfaces", "every kind of surface object"),
  cuda("virtual_memory", "memory mapped to reserved addresses"),
  driver("vector_add", "driver API: c = a + b", { data: KERNELS }),
  driver("matrix_mul", "driver API: product and sum", { data: KERNELS }),
  driver("modules", "driver API: hand-written PTX, variables", {
    data: [...KERNELS, "driver/byhand.ptx"],
  }),
  driver("streams", "driver API: streams and events", { data: KERNELS }),
  driver("errors", "driver API: every documented error", { data: KERNELS }),
  driver("pointers", "driver API: what an address is"),
  driver("resets", "driver API: a primary context that was reset"),
  driver("sharing", "driver API: memory and events of two processes"),
  driver("pool_sharing", "driver API: a memory pool of two processes"),
  driver("green_contexts", "driver API: shares of the multiprocessors", { data: KERNELS }),
  driver("textures", "driver API: texture references, views", { data: ["driver/textures.ptx"] }),
];

/** nvcc is needed for a program, or for a library that it loads. */
export function needsNvcc(program: Program): boolean {
  const sources = [
    ...program.sources,
    ...(program.plugins ?? []).flatMap((plugin) => plugin.sources),
  ];
  return sources.some((source) => source.endsWith(".cu"));
}

export function programNamed(name: string): Program {
  const program = PROGRAMS.find((candidate) => candidate.name === name);
  if (program === undefined) {
    throw new Error(
      `no program ${name}; there are: ${PROGRAMS.map((candidate) => candidate.name).join(", ")}`,
    );
  }
  return program;
}
