/**
 * `npm run conformance -- [PATTERN]`: calls every function of the driver API (or those whose names fit, `cuMem*`) with good
 * and bad arguments, straight on the software device and forwarded, and names each difference. Ends with 1 if one has no
 * reason in differences.json.
 */
import { describeDifference, judge, meantDifferences } from "./compare.ts";
import { runBothWays } from "./run.ts";

const only = process.argv[2] ?? "*";
const { direct, forwarded } = await runBothWays(only, 600_000);
const verdict = judge(direct, forwarded, meantDifferences());
for (const difference of verdict.unexplained) console.log(describeDifference(difference));
if (only === "*")
  for (const meant of verdict.stale)
    console.log(`no longer different: ${meant.function}, ${meant.case}: ${meant.why}`);
console.log(
  `${verdict.functions} functions, ${verdict.calls} calls: ${verdict.unexplained.length} differences, and ${verdict.explained} with a reason`,
);
process.exitCode = verdict.unexplained.length === 0 ? 0 : 1;
