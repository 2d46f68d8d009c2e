import type { Progress } from "./progress";

/** What a command needs of the world around it; tests pass their own. */
export interface CliContext {
  /** Path of a file argument, resolved against the directory the user called from. */
  resolve(path: string): string;
  /** Reads standard input to its end. */
  readInput(): Promise<string>;
  /** Writes the command's own output. */
  write(text: string): void;
  /** Tells people how far the work is; never on stdout. */
  progress: Progress;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** The context of a command whose outputs are locked while it runs. */
export interface CommandContext extends CliContext {
  /** Throws when the folder of an output was deleted or taken over meanwhile. */
  assertOutputs(): Promise<void>;
}
