// The command line: what commands and options there are. What they do is in the file of each.
import { Command, InvalidArgumentError, Option } from "commander";
import { adminSocketOf, parseHost, surroundings } from "../config/addresses.ts";
import { findLayout } from "../config/layout.ts";
import { GpuferryError, systemErrorLine } from "../model/errors.ts";

/** The exit code of the command that ran. */
let exitCode = 0;

const configOption = () => new Option("--config <file>", "TOML file (docs/configuration.md)");
const socketOption = () =>
  new Option("--socket <path>", "the server's socket, unix:/PATH or /PATH");
const logLevelOption = () =>
  new Option("--log-level <level>", "least that the server logs").choices([
    "trace",
    "debug",
    "info",
    "warn",
    "error",
  ]);
const jsonOption = () => new Option("--json", "print JSON");

interface Where {
  readonly config?: string;
  readonly socket?: string;
  readonly json?: boolean;
}

async function configOf(options: Where) {
  const { loadConfig } = await import("../config/config.ts");
  const config = loadConfig(options.config, surroundings());
  if (options.socket === undefined) return config;
  const socket = parseHost(options.socket);
  return { ...config, server: { ...config.server, socket, adminSocket: adminSocketOf(socket) } };
}

async function withAdmin<Result>(
  options: Where,
  use: (client: InstanceType<typeof import("../admin/client.ts").AdminClient>) => Promise<Result>,
): Promise<Result> {
  const config = await configOf(options);
  const { AdminClient } = await import("../admin/client.ts");
  const client = new AdminClient(findLayout().adminProto, config.server.adminSocket);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is no number above 0`);
}

function wholeNumber(text: string): number {
  const value = positiveNumber(text);
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is no whole number`);
}

function program(): Command {
  const root = new Command("gpuferry")
    .description(
      "Runs unmodified CUDA and OpenGL programs where there is no GPU, on a host that has one.",
    )
    .version(findLayout().version)
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError("(gpuferry --help lists the commands)");

  root
    .command("serve")
    .description("serve guests until SIGTERM or SIGINT")
    .addOption(configOption())
    .addOption(socketOption())
    .option("--cuda-driver <auto|soft|path>", "the libcuda.so.1 that executors load")
    .addOption(logLevelOption())
    .action(async (options) => {
      const { serve } = await import("./serve.ts");
      exitCode = await serve(options);
    });

  root
    .command("run")
    .description("run a command as a guest; a private server is started where none runs")
    .passThroughOptions()
    .argument("<command...>", "the program and its arguments, after --")
    .option("--server", "use a private server even where one runs")
    .option("--host <address>", "the server, unix:/PATH or /PATH")
    .option("--tenant <name>", "the tenant to ask for")
    .option("--weight <number>", "the share of GPU time to ask for", wholeNumber)
    .addOption(configOption())
    .addOption(logLevelOption())
    .action(async (command: string[], options) => {
      const { run } = await import("./run.ts");
      exitCode = await run(command, options);
    });

  root
    .command("ps")
    .description("list sessions")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .option("--tenants", "what tenants have used, instead of sessions")
    .action(async (options) => {
      const { ps } = await import("./sessions.ts");
      await withAdmin(options, (client) => ps(client, options));
    });

  root
    .command("devices")
    .description("list the devices that guests are given")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .action(async (options) => {
      const { devices } = await import("./devices.ts");
      await devices(await configOf(options), findLayout(), options);
    });

  root
    .command("doctor")
    .description("say what is missing here and how to get it")
    .addOption(configOption())
    .addOption(socketOption())
    .addOption(jsonOption())
    .action(async (options) => {
      const { doctor } = await import("./doctor.ts");
      exitCode = await doctor(await configOf(options), findLayout(), options);
    });

  root
    .command("end")
    .description("end a session; its guest gets a CUDA error")
    .argument("<id>", "as `gpuferry ps` shows it", wholeNumber)
    .addOption(configOption())
    .addOption(socketOption())
    .action((id: number, options) => withAdmin(options, (client) => client.endSession(id)));

  root
    .command("drain")
    .description("take no new sessions; those that run go on")
    .option("--undo", "take new sessions again")
    .addOption(configOption())
    .addOption(socketOption())
    .action((options) => withAdmin(options, (client) => client.drain(options.undo !== true)));

  return root;
}

/** Runs a command line. Never throws: an error is one line on stderr and its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (isCommanderError(thrown)) return thrown.exitCode === 0 ? 0 : 2;
    if (thrown instanceof GpuferryError) {
      for (const line of thrown.message.split("\n")) process.stderr.write(`gpuferry: ${line}\n`);
      return thrown.exitCode;
    }
    const line = systemErrorLine(thrown);
    if (line !== undefined) {
      process.stderr.write(`gpuferry: ${line}\n`);
      return 1;
    }
    process.stderr.write(`gpuferry: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
    return 1;
  }
}

/** commander has printed its message itself. */
function isCommanderError(thrown: unknown): thrown is { exitCode: number } {
  return thrown instanceof Error && "exitCode" in thrown && thrown.name === "CommanderError";
}
