import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { CommanderError } from "commander";
import { wordError } from "../errors/word-error";
import { noProgress } from "../terminal/progress";
import type { CliContext } from "./context";
import type { CommandGroup } from "./define-command";
import { exitCodes } from "./exit-codes";
import { withInstallHint } from "./install-hint";
import type { CalledFlags } from "./named-paths";
import { createProgram } from "./program";
import { Stopped } from "./stopped";

export interface CliOptions extends CliContext {
  version: string;
  /** Versions of packages that few commands need and that are installed on use; none by default. */
  onUse?: Readonly<Record<string, string>> | undefined;
}

/** Commander's message in our format: one line, without its own "error:". */
const usageErrorOf = ({ message }: CommanderError) =>
  new UsageError(message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " "));

function report(error: unknown, text: string, asJson: boolean): string {
  if (!asJson) return `${text}\n`;
  const { code = "ERR_UNKNOWN" } = error as { code?: string };
  return `${JSON.stringify({ error: { code, message: text } })}\n`;
}

/**
 * Runs a command line.
 * @param rawArgs the arguments after the program's name
 * @returns the exit code: 0 success, 1 wrong contents or a failure on the way, 2 what the flags and a look at the paths that
 *   they name show to be wrong, 130 interrupted; or what the command says
 */
export async function runCli(
  root: CommandGroup,
  rawArgs: readonly string[],
  options: CliOptions,
): Promise<number> {
  const { version: _, onUse, ...context } = options;
  const { writeError } = context;
  const asJson = rawArgs.includes("--json");
  let what = "deepgrain";
  let call: CalledFlags | undefined;
  try {
    const program = await createProgram(root, rawArgs, options);
    what = program.path.join(" ");
    const { command, values, isQuiet } = await program.parse();
    call = { flags: command.flags, values, resolve: context.resolve };
    const progress = isQuiet ? noProgress : context.progress;
    return (await command.run(values, { ...context, progress }, what)) ?? exitCodes.success;
  } catch (thrown) {
    context.progress.close();
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return exitCodes.success;
    if (thrown instanceof Stopped) {
      writeError(report(thrown, thrown.message, asJson));
      return exitCodes.interrupted;
    }
    const error = thrown instanceof CommanderError ? usageErrorOf(thrown) : thrown;
    const { text, isUsage } = wordError(error, call);
    const hinted = withInstallHint(text, error, { versions: onUse });
    writeError(report(error, asJson ? hinted : `${what}: ${hinted}`, asJson));
    if (context.signal.aborted && error === context.signal.reason) return exitCodes.interrupted;
    if (!isUsage) return exitCodes.failure;
    if (!asJson) writeError(`Try \`${what} --help\`.\n`);
    return exitCodes.usage;
  }
}
