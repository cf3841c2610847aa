/** OpenGL through the host's EGL: the programs that need no window always, the others where there is an X server. */
import { run } from "../run.ts";
import { MINUTE, SECOND, type Step } from "../step.ts";
import { compare, readList } from "./programs.ts";

const WINDOWLESS = ["gl_es3", "gl_cuda_and_gl"];

export const openGl: Step = {
  name: "opengl",
  limitMs: 30 * MINUTE,
  async run(stage, add) {
    const group = "OpenGL";
    const display = process.env.DISPLAY ?? "";
    const all = readList(stage).programs.filter(({ kind }) => kind === "gl");
    const possible = display === "" ? all.filter(({ name }) => WINDOWLESS.includes(name)) : all;
    for (const entry of stage.quick ? possible.slice(0, 2) : possible) {
      // It draws until it is killed.
      if (entry.name === "gl_scene") continue;
      add(await compare(stage, group, entry, undefined, {}));
    }
    if (display === "") {
      const detail = `${all.length - possible.length} programs want windows, and DISPLAY is not set`;
      add({ group, name: "windows", verdict: "skip", detail });
      return;
    }
    if (stage.quick) return;
    for (const program of ["glxgears", "es2gears_x11"]) {
      const native = await run(program, ["-info"], { vblank_mode: "0" }, 12 * SECOND);
      if (native.ending.startsWith("did not start")) continue;
      const forwarded = await run(program, ["-info"], stage.forwarded(program), 12 * SECOND);
      const [before, after] = [frames(native.stdout), frames(forwarded.stdout)];
      const ratio = after / before;
      const verdict = after > 0 ? "ok" : "fail";
      const show = (rate: number) => `${rate.toFixed(0)} frames/s`;
      const detail = /GL_RENDERER\s*=\s*(.*)/.exec(forwarded.stdout)?.[1] ?? "";
      add({
        group,
        name: program,
        verdict,
        detail,
        ratio,
        native: show(before),
        forwarded: show(after),
      });
    }
  },
};

/** The last rate that it told of. */
function frames(text: string): number {
  return Number([...text.matchAll(/=\s*([0-9.]+) FPS/g)].at(-1)?.[1] ?? 0);
}
