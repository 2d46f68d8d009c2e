import { CommanderError } from "commander";
import { noProgress } from "../terminal/progress";
import { streamWriter } from "../terminal/stream-writer";
import { version } from "../version";
import type { CommandGroup } from "./define-command";
import { createProgram } from "./program";
import { runCli } from "./run-cli";

/** Resolves once standard output has taken everything, which matters for pipes. */
function flushed(): Promise<void> {
  return new Promise((done) => process.stdout.write("", () => done()));
}

/**
 * Answers a command line that `asksForText` on the main thread.
 *
 * @returns the exit code; undefined where it asks for something else after all, of which nothing has been done
 */
export async function answerAtOnce(
  root: CommandGroup,
  args: readonly string[],
): Promise<number | undefined> {
  const { isTTY: isTerminal = false, columns } = process.stdout;
  // A reader that closes the pipe early, such as head, is not a failure.
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) =>
    process.exit(code === "EPIPE" ? 0 : 1),
  );
  const options = {
    version,
    columns: isTerminal ? columns || 80 : undefined,
    resolve: (path: string) => path,
    write: streamWriter(isTerminal, (text) => void process.stdout.write(text)),
  };
  if (args[0] !== "completion") {
    try {
      const program = await createProgram(root, args, options);
      await program.parse();
    } catch (error) {
      if (!(error instanceof CommanderError) || error.exitCode !== 0) return undefined;
      await flushed();
      return 0;
    }
    return undefined;
  }
  const code = await runCli(root, args, {
    ...options,
    readInput: async () => new Uint8Array(),
    writeError: streamWriter(process.stderr.isTTY, (text) => void process.stderr.write(text)),
    progress: noProgress,
    signal: new AbortController().signal,
  });
  await flushed();
  return code;
}
