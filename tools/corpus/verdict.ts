/**
 * What a program of somebody else's says of itself. There is no convention, so its words are read: a line that owns
 * up to a failure counts before its exit status, and that before any line that claims success.
 */
import { agreementIn } from "./agreement.ts";
import { complaintOfInput } from "./data.ts";
import { type Missing, missingIn } from "./missing.ts";

export type Verdict =
  | "pass"
  | "wrong"
  | "crash"
  | "timeout"
  | "unsupported"
  /** The program itself declined: the device lacks what it is about. */
  | "waived"
  /** It failed for want of a file that its repository does not hold, or of arguments. */
  | "no data"
  /** It ended well and judged nothing. */
  | "silent"
  | "unbuilt";

export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** The line or the status that decided. */
  readonly because: string;
  readonly missing: readonly Missing[];
}

/** A shell reports a child that died of signal n, at most 64, as 128 + n. */
const SIGNAL_STATUS = 128;
const LAST_SIGNAL_STATUS = SIGNAL_STATUS + 64;
/** cuda-samples: "this device cannot do what is shown here". */
const EXIT_WAIVED = 2;

const ZERO = "(?:is|are|was|were)?\\s*[:=]?\\s*0+(?:\\.0*)?\\s*%?\\s*(?:$|[^0-9.ex%])";
/** Said of a failure that did not happen. */
const DENIED = new RegExp(
  String.raw`\b(?:0|no|not|without|zero|never)\s+(?:\w+\s+)?(?:error|fail|mismatch|incorrect|wrong|differen)` +
    String.raw`|\b(?:errors?|fail\w*|mismatch\w*|incorrect|wrong|differences?)\b[^0-9]{0,40}?${ZERO}` +
    String.raw`|\bfail\w*\b.*\bas expected\b|\bexpected\b.*\bfail|\bto (?:generate|provoke|trigger)\b.*\bfail`,
  "i",
);
const OWNS_UP = [
  /\b(?:fail|fails|failed|failure|failures)\b/i,
  /\bmis-?match(?:es|ed)?\b/i,
  /\b(?:incorrect|wrong|invalid) (?:result|output|value|answer)s?\b|\bresults? (?:is|are) (?:incorrect|wrong)\b/i,
  /\b(?:do|does|did) not (?:match|agree)\b|\bdon't match\b|\bdoesn't match\b/i,
  /\bCUDA(?: runtime| driver)? error\b|\bcudaError\w*\b|\bCUDA_ERROR_\w+/i,
  /\bCUDA exception\b|\bthrust::system::system_error\b/,
  /^\W*error\b\s*[:!]/i,
  /\bNOT OK\b|\bunsuccessful\b/i,
];
const CLAIMS = [
  /\bpass(?:ed|es)?\b/i,
  /\bsuccess(?:ful|fully|es)?\b|\bsucceed(?:ed|s)?\b/i,
  /\bcorrect(?:ly)?\b|\bverified\b|\bvalid(?:ated)?\b/i,
  /\b(?:is|are|all|tests?|results?|status|check|verification|returned)\b\W*\bOK\b|(?:^|[:=.])\W*OK\W*$/i,
  /\bmatch(?:es|ed)?\b/i,
  DENIED,
];
/** Our log lines, and a kernel's assert(), which may be what a program is about. */
const NOT_ITS_OWN = /^(?:softcuda|gpuferry):|\bblock: \[\d+,\d+,\d+\], thread: \[.*\bAssertion\b/;
/** PolyBench counts the elements that differ from the CPU's. */
const NON_MATCHING = /\bnon-matching\b.*:\s*(\d+)\s*$/i;

export interface Known {
  /** Its sources say that it ends with failure where what it computed is wrong. */
  readonly byStatus?: boolean;
  /** An argument that names a file which is not there. */
  readonly absent?: string | undefined;
}

export function judge(ending: Ending, { byStatus = false, absent }: Known = {}): Judgement {
  const missing = missingIn(ending.stderr);
  const as = (verdict: Verdict, because: string): Judgement => ({ verdict, because, missing });
  if (ending.timedOut) return as("timeout", "time limit");

  const text = `${ending.stdout}\n${ending.stderr}`;
  const said = verdictOfText(text);
  const status = ending.exitCode;
  const bad = said?.verdict === "wrong" || status !== 0;
  if (bad && missing.length > 0)
    return as("unsupported", missing.map(({ name }) => name).join(", "));
  const noInput = absent === undefined ? complaintOfInput(text) : `there is no ${absent}`;
  if (bad && status !== 0 && noInput !== undefined) return as("no data", noInput);
  if (status === null || (status > SIGNAL_STATUS && status <= LAST_SIGNAL_STATUS)) {
    return as("crash", status === null ? "signal" : `signal ${status - SIGNAL_STATUS}`);
  }
  if (status === EXIT_WAIVED && said?.verdict !== "wrong") return as("waived", "exit 2");
  if (said?.verdict === "wrong") return as("wrong", said.line);
  if (status !== 0) return as("wrong", `exit ${status}`);
  if (said !== undefined) return as("pass", said.line);
  const agreed = agreementIn(ending.stdout);
  if (agreed !== undefined) return as("pass", agreed);
  return byStatus ? as("pass", "exit 0, by which it judges itself") : as("silent", "exit 0");
}

/** The first line that owns up to a failure, else the last that claims success; undefined where there is neither. */
export function verdictOfText(
  text: string,
): { readonly verdict: "pass" | "wrong"; readonly line: string } | undefined {
  let claim: string | undefined;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || NOT_ITS_OWN.test(line)) continue;
    const counted = NON_MATCHING.exec(line);
    if (counted !== null) {
      if (Number(counted[1]) !== 0) return { verdict: "wrong", line };
      claim = line;
      continue;
    }
    if (!DENIED.test(line) && OWNS_UP.some((pattern) => pattern.test(line))) {
      return { verdict: "wrong", line };
    }
    if (CLAIMS.some((pattern) => pattern.test(line))) claim = line;
  }
  return claim === undefined ? undefined : { verdict: "pass", line: claim };
}
