/** Pictures of windows: read from PPM, written as PNG, compared pixel by pixel. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PNG } from "pngjs";

export interface Image {
  readonly width: number;
  readonly height: number;
  /** Rows from the top, three bytes a pixel: red, green, blue. */
  readonly rgb: Uint8Array;
}

/** A binary PPM of 8 bits a channel. @throws Error when it is none or is cut short */
export function parsePpm(bytes: Uint8Array): Image {
  const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(
    Buffer.from(bytes.slice(0, 64)).toString("latin1"),
  );
  if (header === null) throw new Error(`no PPM: ${bytes.length} bytes`);
  const [width, height] = [Number(header[1]), Number(header[2])];
  const rgb = bytes.slice(header[0].length);
  if (rgb.length !== width * height * 3) {
    throw new Error(`a PPM of ${width} × ${height} with ${rgb.length} bytes of pixels`);
  }
  return { width, height, rgb };
}

export function writePng(file: string, { width, height, rgb }: Image): void {
  const png = new PNG({ width, height });
  for (let pixel = 0; pixel < width * height; pixel++) {
    png.data.set(rgb.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
    png.data[4 * pixel + 3] = 255;
  }
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, PNG.sync.write(png));
}

export interface Difference {
  /** Pixels of which any channel differs. */
  readonly pixels: number;
  /** The largest difference of a channel, 0 to 255. */
  readonly most: number;
  /** In words, for a test's message; "" where there is none. */
  readonly text: string;
}

/** Images of unlike sizes differ in every pixel. */
export function difference(one: Image, other: Image): Difference {
  if (one.width !== other.width || one.height !== other.height) {
    const text = `${one.width} × ${one.height} against ${other.width} × ${other.height}`;
    return {
      pixels: Math.max(one.width * one.height, other.width * other.height),
      most: 255,
      text,
    };
  }
  let pixels = 0;
  let most = 0;
  let first = "";
  for (let at = 0; at < one.rgb.length; at += 3) {
    const channels = [0, 1, 2].map((channel) =>
      Math.abs(one.rgb[at + channel]! - other.rgb[at + channel]!),
    );
    const worst = Math.max(...channels);
    if (worst === 0) continue;
    if (pixels++ === 0) first = `(${(at / 3) % one.width}, ${Math.floor(at / 3 / one.width)})`;
    most = Math.max(most, worst);
  }
  const text =
    pixels === 0 ? "" : `${pixels} pixels differ, by up to ${most}; the first is ${first}`;
  return { pixels, most, text };
}

/** How many different colours an image has, counted up to `limit`: a picture that was never drawn has one. */
export function colours({ rgb }: Image, limit = 1000): number {
  const seen = new Set<number>();
  for (let at = 0; at < rgb.length && seen.size < limit; at += 3) {
    seen.add((rgb[at]! << 16) | (rgb[at + 1]! << 8) | rgb[at + 2]!);
  }
  return seen.size;
}
