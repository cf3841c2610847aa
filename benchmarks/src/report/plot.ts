/** The picture: how much slower or faster than passthrough each case is, on one logarithmic axis. */
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { moreIsBetter, type Result, type Row } from "../result.ts";
import { formatNumber } from "./format.ts";

interface Bar {
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  /** Passthrough's cost over ours, so that right is better in every group. */
  readonly speed: number;
  readonly label: string;
  readonly verdict: keyof typeof COLOURS;
}

const GROUPS = ["calls", "copies", "whole programs"] as const;

const COLOURS = {
  "targets met": "#2a7f3f",
  "target missed": "#c8401e",
  "no target": "#7a8794",
} as const;

/** @throws Error when the result has no row with a ratio */
export async function plotOf(result: Result): Promise<string> {
  const bars = result.rows.flatMap(barOf);
  if (bars.length === 0) throw new Error("nothing to plot: no row has a ratio");
  const view = new View(parse(compile(specOf(bars, result)).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}

function barOf(row: Row): Bar[] {
  if (row.ratio === null) return [];
  const judged = row.targets ?? [];
  return [
    {
      name: row.name,
      group: groupOf(row.name),
      speed: moreIsBetter(row.unit) ? row.ratio : 1 / row.ratio,
      label: `${formatNumber(row.ratio)}×`,
      verdict:
        judged.length === 0
          ? "no target"
          : judged.every(({ met }) => met)
            ? "targets met"
            : "target missed",
    },
  ];
}

function groupOf(name: string): Bar["group"] {
  if (/^program/.test(name)) return "whole programs";
  if (/^[hd]2[hd]_/.test(name)) return "copies";
  return "calls";
}

function specOf(bars: readonly Bar[], result: Result): TopLevelSpec {
  const { machine } = result;
  const groups = GROUPS.filter((group) => bars.some((bar) => bar.group === group));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: {
      text: "gpuferry: forwarded against passthrough",
      subtitle: `${machine.cpu}, ${machine.cores} cores, ${machine.date}; labels: forwarded / passthrough as measured`,
      anchor: "start",
    },
    background: "white",
    vconcat: groups.map((group) =>
      panelOf(
        group,
        bars.filter((bar) => bar.group === group),
      ),
    ),
    resolve: { scale: { x: "shared", color: "shared" } },
  };
}

function panelOf(group: string, bars: readonly Bar[]) {
  const encoding = {
    y: {
      field: "name",
      type: "nominal" as const,
      sort: null,
      title: null,
      axis: { labelLimit: 240 },
    },
    x: {
      field: "speed",
      type: "quantitative" as const,
      scale: { type: "log" as const },
      title: "speed relative to passthrough (right is faster; 1 is the same)",
    },
  };
  const color = {
    field: "verdict",
    type: "nominal" as const,
    title: null,
    scale: { domain: Object.keys(COLOURS), range: Object.values(COLOURS) },
  };
  return {
    title: { text: group, anchor: "start" as const, fontSize: 11 },
    width: 560,
    data: { values: bars.map((bar) => ({ ...bar })) },
    layer: [
      { mark: { type: "rule" as const, color: "#b0b8c0" }, encoding: { x: { datum: 1 } } },
      {
        mark: { type: "point" as const, filled: true, size: 70 },
        encoding: { ...encoding, color },
      },
      {
        mark: { type: "text" as const, align: "left" as const, dx: 9, fontSize: 9 },
        encoding: { ...encoding, text: { field: "label", type: "nominal" as const } },
      },
    ],
  };
}
