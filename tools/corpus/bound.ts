/**
 * Arguments made for a GPU keep a CPU busy for hours, so a command is tried with less work first: one repetition; then
 * with the sizes cut, thrice. Which argument is the repetitions a program's usage line says; where there is none, by the
 * benchmarks' convention it is the last whole number, and the sizes stand before it. A program may want more than one
 * repetition or just the sizes that it was given, so ten repetitions and the command as it was come last.
 */
import { asLine, commandIn } from "./command.ts";

const WHOLE_NUMBER = /^\d+$/;
const REPETITION_NAME =
  /\b(?:repeat\w*|rep|reps|nrep\w*|iter\w*|\w*iterations?|times|runs?|loops?)\b|time ?steps|number of (?:time )?steps/i;
const REPETITION_OPTION =
  /^--?(?:repeat\w*|reps?|iter\w*|num-?iter\w*|maxiter|times?|timesteps?|numtimes|runs?|loops?|i)(?:=(\d+))?$/i;
const FEW_REPETITIONS = 10;

/** A power of two, so that sizes which had to be multiples of one still are. */
interface Cut {
  readonly above: number;
  readonly by: number;
}
const CUTS: readonly Cut[] = [
  { above: 4096, by: 16 },
  { above: 64, by: 4 },
  // Thousands, or the side of a cube.
  { above: 16, by: 16 },
];

export interface Versions {
  /** From more work to less, each to be tried if the one before took too long; the first repeats once. */
  readonly lighter: readonly string[];
  /** To be tried in turn if the first of the others was not to the program's liking; the last is the command itself. */
  readonly heavier: readonly string[];
}

/**
 * `usages` are the argument names in the usage lines of the program's sources, `options` those of its options that say
 * how often: what the command leaves to a default is said.
 */
export function versions(
  command: string,
  usages: readonly (readonly string[])[] = [],
  options: readonly string[] = [],
): Versions {
  const { prefix, words } = commandIn(command) ?? { prefix: "", words: command.split(/\s+/) };
  const given = words.flatMap((word, index) => (options.includes(word) ? [index + 1] : []));
  const unsaid = options.filter((option) => !words.includes(option)).flatMap((o) => [o, "1"]);
  const repeats = options.length > 0 ? given : repetitionsIn(words, usages);
  const once = [...withRepetitions(words, repeats, 1), ...unsaid];
  const smaller: (readonly string[])[] = [once];
  for (const each of CUTS) smaller.push(cut(smaller.at(-1)!, repeats, each));
  const few = withRepetitions(words, repeats, FEW_REPETITIONS);
  const line = (each: readonly string[]) => asLine({ prefix, words: each });
  const lighter = [...new Set(smaller.map(line))];
  const fewAndSmall = cut(few, repeats, CUTS[0]!);
  const heavier = [fewAndSmall, few, words].map(line);
  return { lighter, heavier: [...new Set(heavier)].filter((each) => !lighter.includes(each)) };
}

/** The indices of the words that say how often the work is repeated. */
function repetitionsIn(words: readonly string[], usages: readonly (readonly string[])[]): number[] {
  for (const names of usages) {
    if (names.length !== words.length - 1) continue;
    const named = names
      .map((name, index) => (REPETITION_NAME.test(name) ? index + 1 : 0))
      .filter((index) => index > 0 && WHOLE_NUMBER.test(words[index]!));
    if (named.length > 0) return named;
  }
  const options = words.flatMap((word, index) => {
    const option = REPETITION_OPTION.exec(word);
    if (option === null) return [];
    if (option[1] !== undefined) return [index];
    return WHOLE_NUMBER.test(words[index + 1] ?? "") ? [index + 1] : [];
  });
  if (options.length > 0) return options;
  const last = words.findLastIndex((word, index) => index > 0 && WHOLE_NUMBER.test(word));
  const belongsToOption = /^-{1,2}[a-z]/i.test(words[last - 1] ?? "");
  return last < 0 || belongsToOption ? [] : [last];
}

function withRepetitions(
  words: readonly string[],
  repeats: readonly number[],
  most: number,
): readonly string[] {
  return words.map((word, index) =>
    repeats.includes(index)
      ? word.replace(/\d+$/, (number) => String(Math.min(Number(number), most)))
      : word,
  );
}

function cut(
  words: readonly string[],
  repeats: readonly number[],
  { above, by }: Cut,
): readonly string[] {
  return words.map((word, index) =>
    index > 0 && !repeats.includes(index) && /^(?:--?[\w-]+=)?\d+$/.test(word)
      ? word.replace(/\d+$/, (text) => {
          const number = Number(text);
          return number > above ? String(Math.max(above, Math.floor(number / by))) : text;
        })
      : word,
  );
}
