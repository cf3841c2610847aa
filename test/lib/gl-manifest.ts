/** The OpenGL programs under test/programs/gl. Each prints checksums of what it drew, and has to print the same both ways. */
import type { Program } from "./manifest.ts";

const COMMON = ["check", "window", "headless", "shaders"].map((name) => `gl/common/${name}.c`);
const LIBRARIES = ["-lGL", "-lEGL", "-lX11", "-lm", "-lpthread"];

function gl(name: string, shows: string, more: Partial<Program> = {}): Program {
  return {
    name: `gl_${name}`,
    shows,
    sources: [`gl/${name}.c`, ...COMMON],
    flags: LIBRARIES,
    ...more,
  };
}

export const GL_PROGRAMS: readonly Program[] = [
  gl("immediate", "glBegin, lighting, fog, display lists"),
  gl("display_lists", "lists that mean the window's buffers, nested, across contexts"),
  gl("configs", "visuals, configs and profiles that programs get"),
  gl("framebuffer_0", "what a window or pbuffer says of itself"),
  gl("core_profile", "vertex arrays, uniform blocks, instances"),
  gl("client_arrays", "vertices and indices in client memory"),
  gl("textures", "formats, pixel store, unpack buffers"),
  gl("framebuffers", "several colours, multisampling, blits"),
  gl("read_pixels", "formats, pack state, pack buffers"),
  gl("buffers", "mapped, persistent, coherent, copied"),
  gl("pinned_memory", "buffers that are the application's memory"),
  gl("contexts", "shared, in threads, moved between them"),
  gl("es1", "OpenGL ES 1", { flags: ["-lGLESv1_CM", ...LIBRARIES] }),
  gl("es2", "OpenGL ES 2, found by dlopen", { sources: ["gl/es2.c"], flags: ["-lX11"] }),
  gl("es3", "OpenGL ES 3.1 without a window"),
  gl("egl_images", "EGLImages between contexts"),
  gl("offscreen_glx", "GLX pbuffers and pixmaps"),
  gl("fonts", "glyphs of X fonts as display lists"),
  gl("front_buffer", "drawing that nobody swaps"),
  gl("one_window", "contexts that share nothing but a window, and no alpha"),
  gl("pixmap_texture", "X pixmaps as textures"),
  gl("resize", "a window that grows and shrinks"),
  gl("sync_query", "fences, queries, conditional drawing"),
  gl("debug_output", "debug messages, groups, labels"),
  gl("errors", "the right error, one at a time"),
  gl("endings", "connections, windows, threads that end under a context"),
  gl("no_context", "every command where no context is current"),
  gl("select_feedback", "selection, feedback, evaluators"),
  gl("transform_feedback", "captured vertices"),
  gl("compute", "compute shaders, images, indirect draws"),
  gl("remembered_state", "random commands, random questions"),
  gl("guest_memory", "names, client memory, what is refused unseen"),
  gl("external_objects", "memory and semaphores of other APIs"),
  gl("introspection", "programs asked what they consist of"),
  gl("many_uniforms", "more variables than fit one answer"),
  gl("cuda_and_gl", "CUDA and OpenGL in one process", { data: ["driver/kernels.ptx"] }),
  gl("scene", "a lit torus over a chequered floor", { quickstart: true }),
];

/** Draws until its context is lost, and tells how it was told. */
export const LOST_CONTEXT = gl("lost_context", "what a lost context answers");

/** Crashes Mesa 22. */
export const DRIVER_CRASH = gl("driver_crash", "a call that the driver does not survive");

/** Looks at an X server's windows; no guest. */
export const SNAPSHOT: Program = {
  name: "snapshot",
  shows: "what an X server shows",
  sources: ["gl/snapshot.c"],
  flags: ["-lX11"],
};

/** A library: what is preloaded into programs that move with the time, so that their pictures can be compared. */
export const FROZEN_CLOCK: Program = {
  name: "frozen_clock",
  shows: "a time of day that stands still",
  sources: ["gl/frozen_clock.c"],
  flags: ["-shared", "-fPIC"],
};

export function glProgramNamed(name: string): Program {
  const program = GL_PROGRAMS.find((candidate) => candidate.name === name);
  if (program === undefined) throw new Error(`no program ${name}`);
  return program;
}
