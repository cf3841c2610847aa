/**
 * Some programs leave the judgement to who reads: they print the device's result beside the host's, a value beside the
 * expected one, or an error norm. Only what agrees without doubt is taken for a claim; what does not is no judgement,
 * as nobody said how close it had to be.
 */
const NUMBER = "[-+]?\\d+(?:\\.\\d*)?(?:e[-+]?\\d+)?";
const SIDE = new RegExp(
  String.raw`^\W*(?:(gpu|device)|(cpu|host))\b(.*?)[=:]\s*(${NUMBER})\b`,
  "i",
);
const EXPECTED = new RegExp(String.raw`(${NUMBER})\W{1,3}expect(?:ed)?\W+(${NUMBER})\W*$`, "i");
const NORM = new RegExp(
  String.raw`\b(?:RMSE?|L1|L2|max(?:imum)?|relative|absolute|average)\b.*\b(?:errors?|norms?|differences?|diff)\b\s*[=:]\s*(${NUMBER})\s*$`,
  "i",
);
/** Results of single precision that were added up in another order. */
const CLOSE = 1e-5;

/** The line that shows that results agree; undefined where none does or one does not. */
export function agreementIn(text: string): string | undefined {
  const device = new Map<string, number>();
  const host = new Map<string, number>();
  let shown: string | undefined;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const expected = EXPECTED.exec(line);
    const norm = NORM.exec(line);
    if (expected !== null) {
      if (!close(Number(expected[1]), Number(expected[2]))) return undefined;
      shown = line;
    } else if (norm !== null) {
      if (!(Math.abs(Number(norm[1])) <= CLOSE)) return undefined;
      shown = line;
    }
    const side = SIDE.exec(line);
    if (side === null) continue;
    const label = side[3]!.trim().toLowerCase();
    (side[1] === undefined ? host : device).set(label, Number(side[4]));
    const [one, other] = [device.get(label), host.get(label)];
    if (one === undefined || other === undefined || /\btime|\bspeed|\bms\b/.test(label)) continue;
    if (!close(one, other)) return undefined;
    shown = line;
  }
  return shown;
}

function close(one: number, other: number): boolean {
  return Math.abs(one - other) <= CLOSE * Math.max(Math.abs(one), Math.abs(other));
}
