/**
 * Arguments made for a GPU keep a CPU busy for hours. By the benchmarks' convention the last whole number of a command
 * says how often the work is repeated, and the sizes stand before it; so a command is tried with one repetition, with
 * the sizes cut as well, and as it was.
 */
const WHOLE_NUMBER = /^\d+$/;
const REPETITIONS = 1;
const LARGE = 4096;
/** A power of two, so that sizes which had to be multiples of one still are. */
const CUT = 16;

/** Versions to try in this order, without repeats; the last is the command itself. */
export function versions(command: string): string[] {
  const words = command.split(/\s+/);
  const last = words.findLastIndex((word, index) => index > 0 && WHOLE_NUMBER.test(word));
  if (last < 0) return [command];
  const once = words.with(last, String(Math.min(Number(words[last]), REPETITIONS)));
  const small = once.map((word, index) =>
    index > 0 && WHOLE_NUMBER.test(word) && Number(word) > LARGE
      ? String(Math.max(LARGE, Math.floor(Number(word) / CUT)))
      : word,
  );
  return [...new Set([once.join(" "), small.join(" "), command])];
}
