/** What bin/gpuferry of a bundle starts. */
import { main } from "../../host-server/src/cli/program.ts";

process.exitCode = await main(process.argv.slice(2));
