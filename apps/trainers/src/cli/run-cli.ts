import { CommanderError } from "commander";
import type { CliContext } from "./context";
import type { CommandGroup } from "./define-command";
import { withInstallHint } from "./install-hint";
import { createProgram } from "./program";
import { noProgress } from "./progress";
import { UsageError } from "./usage-error";

/** Exit codes; 130 is the code that shells report for a program ended by Ctrl-C. */
export const exitCodes = { success: 0, failure: 1, usage: 2, interrupted: 130 } as const;

export interface CliOptions extends CliContext {
  version: string;
}

/** Commander's message in our format: one line, without its own "error:". */
const usageErrorOf = ({ message }: CommanderError) =>
  new UsageError(message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " "));

function report(error: unknown, path: readonly string[], asJson: boolean): string {
  const { message, code } = error as { message?: string; code?: string };
  const text = withInstallHint(message ?? String(error), error);
  if (asJson)
    return `${JSON.stringify({ error: { code: code ?? "ERR_UNKNOWN", message: text } })}\n`;
  return `${path.join(" ")}: ${text}\n`;
}

/**
 * Runs a command line.
 * @param rawArgs the arguments after the program's name
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage, 130 interrupted
 */
export async function runCli(
  root: CommandGroup,
  rawArgs: readonly string[],
  options: CliOptions,
): Promise<number> {
  const { version: _, ...context } = options;
  const { writeError } = context;
  const asJson = rawArgs.includes("--json");
  let path = ["deepgrain"];
  try {
    const program = await createProgram(root, rawArgs, options);
    path = program.path;
    const { command, values, isQuiet } = program.parse();
    const progress = isQuiet ? noProgress : context.progress;
    await command.run(values, { ...context, progress }, path.join(" "));
    return exitCodes.success;
  } catch (thrown) {
    context.progress.close();
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return exitCodes.success;
    const error = thrown instanceof CommanderError ? usageErrorOf(thrown) : thrown;
    writeError(report(error, path, asJson));
    if (context.signal.aborted && error === context.signal.reason) return exitCodes.interrupted;
    if (!(error instanceof UsageError)) return exitCodes.failure;
    if (!asJson) writeError(`Try \`${path.join(" ")} --help\`.\n`);
    return exitCodes.usage;
  }
}
