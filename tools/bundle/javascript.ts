/** The command line and its dependencies as a few files of JavaScript, which need no node_modules. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build, type Plugin } from "esbuild";

/** CommonJS packages ask for `require`, and for the directory that they lie in. */
const banner = [
  'import { createRequire as gfCreateRequire } from "node:module";',
  'import { fileURLToPath as gfFileURLToPath } from "node:url";',
  "const require = gfCreateRequire(import.meta.url);",
  "const __filename = gfFileURLToPath(import.meta.url);",
  'const __dirname = gfFileURLToPath(new URL(".", import.meta.url));',
].join("\n");

export interface Bundled {
  /** Packages whose code is in the result: name@version, and the text of their licence. */
  readonly packages: readonly { readonly name: string; readonly license: string }[];
}

/** What a checkout builds or finds lies elsewhere in a bundle: these files say where, instead of those of test/lib. */
function unpacked(root: string): Plugin {
  const instead = new Map(
    ["paths.ts", "build.ts"].map((name) => [
      path.join(root, "test/lib", name),
      path.join(root, "tools/bundle/unpacked", name),
    ]),
  );
  return {
    name: "unpacked",
    setup({ onResolve }) {
      onResolve({ filter: /\/(paths|build)\.ts$/ }, ({ path: asked, resolveDir }) => {
        const found = instead.get(path.resolve(resolveDir, asked));
        return found === undefined ? undefined : { path: found };
      });
    },
  };
}

/** Writes `NAME.mjs` for each entry. What is imported on demand stays apart, so that it costs nothing before. */
export async function bundleJavaScript(
  root: string,
  entries: Readonly<Record<string, string>>,
  out: string,
): Promise<Bundled> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: out,
    outExtension: { ".js": ".mjs" },
    chunkNames: "parts/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    keepNames: true, // errors are told apart by theirs
    banner: { js: banner },
    // Optional and native: msgpackr goes without it.
    external: ["msgpackr-extract"],
    plugins: [unpacked(root)],
    metafile: true,
    logLevel: "warning",
  });
  const found = new Map<string, string>();
  for (const input of Object.keys(result.metafile.inputs)) {
    const inside = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (inside !== null) found.set(inside[0], inside[1]!);
  }
  return {
    packages: [...found]
      .map(([directory]) => describe(path.join(root, directory)))
      .sort((a, b) => a.name.localeCompare(b.name)),
  };
}

function describe(directory: string): { name: string; license: string } {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(directory, "package.json"), "utf8"),
  ) as { name: string; version: string; license?: string };
  const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file !== undefined && existsSync(path.join(directory, file))
      ? readFileSync(path.join(directory, file), "utf8")
      : `${license ?? "no licence named"}\n`;
  return { name: `${name}@${version}`, license: text };
}
