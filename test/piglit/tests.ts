/** Which tests piglit's own profiles hold, and how each is run. Debian's package keeps them as compressed XML. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { XMLParser } from "fast-xml-parser";

export const PROFILES = ["sanity", "quick_gl", "quick_shader"] as const;
export type Profile = (typeof PROFILES)[number];

export interface PiglitTest {
  /** E.g. "spec@!opengl 1.1@depthstencil-default_fb-clear". */
  readonly name: string;
  /** The executable's path and its arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether others may run meanwhile: not where it looks at what windows show. */
  readonly concurrent: boolean;
}

/** The window system that piglit's tests are told they have, and with which they are skipped or not. */
export const PLATFORM = "mixed_glx_egl";

const DIRECTORIES = ["/usr/lib/x86_64-linux-gnu/piglit", "/usr/lib/aarch64-linux-gnu/piglit"];

/** Where Debian's piglit is installed; undefined where it is not. */
export function piglitDirectory(): string | undefined {
  return DIRECTORIES.find((directory) => existsSync(path.join(directory, "tests/sanity.xml.gz")));
}

/** Every test of a profile that has a place on our platform, in the profile's order. */
export function readProfile(directory: string, profile: Profile): PiglitTest[] {
  const xml = gunzipSync(readFileSync(path.join(directory, "tests", `${profile}.xml.gz`)));
  return parseProfile(xml.toString("utf8"), directory);
}

interface XmlTest {
  readonly "@type": string;
  readonly "@name": string;
  readonly option: readonly { readonly "@name": string; readonly "@value": string }[];
  readonly environment?: { readonly env: readonly XmlVariable[] };
}

interface XmlVariable {
  readonly "@name": string;
  readonly "@value": string;
}

/** @throws Error on a type of test that we do not know how to run */
export function parseProfile(xml: string, directory: string): PiglitTest[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseAttributeValue: false,
    isArray: (name) => name === "Test" || name === "option" || name === "env",
  });
  const { PiglitTestList } = parser.parse(xml) as { PiglitTestList: { Test: readonly XmlTest[] } };
  return PiglitTestList.Test.flatMap((test) => testOf(test, directory));
}

function testOf(test: XmlTest, directory: string): PiglitTest[] {
  const options = new Map(test.option.map((option) => [option["@name"], option["@value"]]));
  const list = (name: string) => stringsOf(options.get(name) ?? "");
  const required = list("require_platforms");
  if (required.length > 0 && !required.includes(PLATFORM)) return [];
  if (list("exclude_platforms").includes(PLATFORM)) return [];

  const concurrent = options.get("run_concurrent") === "True";
  const [program = "", ...args] = list("command");
  const env = Object.fromEntries(
    (test.environment?.env ?? []).map((variable) => [variable["@name"], variable["@value"]]),
  );
  return [
    {
      name: test["@name"],
      command: [
        path.join(directory, "bin", program),
        ...argumentsOf(test["@type"], args, directory, concurrent),
      ],
      env,
      concurrent,
    },
  ];
}

function argumentsOf(
  type: string,
  args: readonly string[],
  directory: string,
  concurrent: boolean,
): string[] {
  const plain = args.filter((arg) => arg !== "-auto" && arg !== "-fbo");
  const [file = "", ...rest] = plain;
  switch (type) {
    case "gl":
      return [...plain, "-auto", ...(concurrent ? ["-fbo"] : [])];
    case "gl_builtin":
      return [path.join(directory, "tests", file), ...rest];
    case "shader":
      return [path.join(directory, file), "-auto", "-fbo"];
    default:
      throw new Error(`piglit has a type of test that is not known here: ${type}`);
  }
}

/** The strings of a Python list or set, as piglit writes them: `['a', "b's"]`. */
export function stringsOf(literal: string): string[] {
  const strings = literal.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g);
  return [...strings].map(([, single, double]) => (single ?? double ?? "").replace(/\\(.)/g, "$1"));
}
