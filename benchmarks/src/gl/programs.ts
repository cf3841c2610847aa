/** Programs of others whose frame rates are taken, and how each is made to tell its own. */
export interface FrameCase {
  readonly name: string;
  readonly command: string;
  /** The command that is run, where that is another one. */
  readonly needs: string;
  readonly args: readonly string[];
  /** Frames per second; of several, the last counts. */
  readonly rate: RegExp;
  /** For programs that draw for ever: when they have told enough. */
  readonly stopAfterMs?: number;
  readonly quick: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const SIZES: readonly Size[] = [
  { width: 300, height: 300 },
  { width: 1280, height: 960 },
];

/** Both kinds of gears print a rate every five seconds. */
const GEARS = { rate: /= ([\d.]+) FPS/g, stopAfterMs: 5400 };

/** glmark2's scenes, each for what it asks of a driver. */
const SCENES: readonly (readonly [string, string])[] = [
  ["build", "build:use-vbo=true"],
  ["build_client_arrays", "build:use-vbo=false"],
  ["texture", "texture:texture-filter=mipmap"],
  ["shading", "shading:shading=phong"],
  ["bump", "bump:bump-render=normals"],
  ["effect2d", "effect2d:kernel=0,1,0;1,-4,1;0,1,0;"],
  ["pulsar", "pulsar:quads=5:texture=false"],
  ["desktop_blur", "desktop:effect=blur:windows=4"],
  ["desktop_shadow", "desktop:effect=shadow:windows=4"],
  ["buffer_map", "buffer:update-method=map:columns=200"],
  ["buffer_subdata", "buffer:update-method=subdata:columns=200"],
  ["buffer_interleaved", "buffer:update-method=map:interleave=true:columns=200"],
  ["ideas", "ideas:speed=duration"],
  ["jellyfish", "jellyfish"],
  ["shadow", "shadow"],
  ["refract", "refract"],
  ["conditionals", "conditionals:fragment-steps=5:vertex-steps=0"],
  ["function", "function:fragment-steps=5"],
];

const QUICK: readonly string[] = ["build", "build_client_arrays", "texture", "buffer_map", "ideas"];

/** Of the scenes that glmark2-es2 is measured on too. */
const ES_SCENES: readonly string[] = ["build", "texture", "buffer_map"];

/** Every case of one size. `sceneS` is how long a scene of glmark2 draws. */
export function frameCases({ width, height }: Size, sceneS: number): FrameCase[] {
  const size = `${width}x${height}`;
  const scene = (command: string, name: string, description: string): FrameCase => ({
    name: `${command.replace("-", "_")}_${name}_${size}`,
    command,
    needs: command,
    args: ["-s", size, "-b", `${description}:duration=${sceneS}`],
    rate: /FPS: ([\d.]+)/g,
    quick: QUICK.includes(name),
  });
  return [
    {
      name: `glxgears_${size}`,
      command: "glxgears",
      needs: "glxgears",
      args: ["-geometry", size],
      quick: true,
      ...GEARS,
    },
    // It knows one size only, and what it prints would stay in its buffer.
    ...(width === 300
      ? [
          {
            name: `es2gears_${size}`,
            command: "stdbuf",
            needs: "es2gears_x11",
            args: ["-oL", "es2gears_x11"],
            quick: false,
            ...GEARS,
          },
        ]
      : []),
    ...SCENES.map(([name, description]) => scene("glmark2", name, description)),
    ...SCENES.filter(([name]) => ES_SCENES.includes(name)).map(([name, description]) =>
      scene("glmark2-es2", name, description),
    ),
  ];
}
