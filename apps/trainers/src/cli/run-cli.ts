import { type ArgsDef, renderUsage, runCommand } from "citty";
import { checkFlags } from "./check-flags";
import type { CliContext } from "./context";
import type { CliCommand } from "./define-command";
import { UsageError } from "./usage-error";

/** What a call came to; 130 is what shells report for a program that Ctrl-C ended. */
export const exitCodes = { success: 0, failure: 1, usage: 2, interrupted: 130 } as const;

export interface CliOptions extends CliContext {
  /** Writes errors for people. */
  writeError(text: string): void;
}

interface Found {
  command: CliCommand;
  /** Names on the way to the command. */
  path: string[];
  /** What is left for it. */
  rest: string[];
}

async function findCommand(root: CliCommand, rawArgs: readonly string[]): Promise<Found> {
  let [command, path, rest]: [CliCommand, string[], string[]] = [root, ["deepgrain"], [...rawArgs]];
  while (command.subCommands && rest[0] !== undefined && !rest[0].startsWith("-")) {
    const name = rest.shift()!;
    const load = Object.hasOwn(command.subCommands, name) ? command.subCommands[name] : undefined;
    if (!load)
      throw new UsageError(
        `unknown command "${[...path.slice(1), name].join(" ")}", expected one of ${Object.keys(command.subCommands).join(", ")}`,
      );
    command = await load();
    path.push(name);
  }
  return { command, path, rest };
}

function groupHelp({ command, path }: Found): string {
  const { description } = command.meta as { description: string };
  const summaries = Object.entries(command.summaries ?? {});
  const width = Math.max(...summaries.map(([name]) => name.length));
  return [
    description,
    "",
    `USAGE ${path.join(" ")} <command> [options]`,
    "",
    "COMMANDS",
    "",
    ...summaries.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    `\`${path.join(" ")} <command> --help\` tells more about a command.`,
    "",
  ].join("\n");
}

async function help(found: Found): Promise<string> {
  const { command, path } = found;
  if (command.subCommands) return groupHelp(found);
  const parent = { meta: { name: path.slice(0, -1).join(" ") } };
  const examples = command.examples.map((line) => `  deepgrain ${line}`);
  return `${await renderUsage(command, parent)}\nEXAMPLES\n\n${examples.join("\n")}\n`;
}

const isUsage = (error: unknown): error is Error =>
  error instanceof UsageError || (error instanceof Error && error.name === "CLIError");

function report(error: unknown, asJson: boolean): string {
  const { message, code } = error as { message?: string; code?: string };
  const text = message ?? String(error);
  if (asJson)
    return `${JSON.stringify({ error: { code: code ?? "ERR_UNKNOWN", message: text } })}\n`;
  return `deepgrain: ${text}\n`;
}

/**
 * Runs a command line.
 * @param rawArgs what stands after the program's name
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage, 130 interrupted
 */
export async function runCli(
  root: CliCommand,
  rawArgs: readonly string[],
  { writeError, ...context }: CliOptions,
): Promise<number> {
  try {
    const found = await findCommand(root, rawArgs);
    const { command, path, rest } = found;
    if (
      rest.includes("--help") ||
      rest.includes("-h") ||
      (command.subCommands && rest.length === 0)
    ) {
      context.write(await help(found));
      return exitCodes.success;
    }
    if (command.subCommands) throw new UsageError(`unknown option ${rest[0]}`);
    checkFlags(rest, command.args as ArgsDef);
    await runCommand(command, { rawArgs: rest, data: context });
    return path.length > 0 ? exitCodes.success : exitCodes.failure;
  } catch (error) {
    context.progress.close();
    if (context.signal.aborted && error === context.signal.reason) {
      writeError(report(error, rawArgs.includes("--json")));
      return exitCodes.interrupted;
    }
    writeError(report(error, rawArgs.includes("--json")));
    if (!isUsage(error)) return exitCodes.failure;
    writeError("Try --help.\n");
    return exitCodes.usage;
  }
}
