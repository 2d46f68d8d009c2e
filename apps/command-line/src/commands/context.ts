import type { Claim, ClaimOptions } from "../runs/claim-folder";
import type { Progress } from "../terminal/progress";
import type { Dialog } from "./dialog";
import type { Reached } from "./stopped";

/**
 * A text to write, the bytes of one, or a function that makes a text with colours of our own; it gets a function that shows
 * strangers' texts as the stream may show them.
 */
export type Content = string | Uint8Array | ((shown: (text: string) => string) => string);

/** The environment of a command; tests pass their own. */
export interface CliContext {
  /** Path of a file argument, resolved against the directory the user called from. */
  resolve(path: string): string;
  /** Reads standard input to its end. */
  readInput(): Promise<Uint8Array>;
  /** Writes the command's own output: to a terminal as `terminalText` shows it, to a pipe or a file as it is. */
  write(content: Content): void;
  /** Writes to standard error, in the same way. */
  writeError(content: Content): void;
  /** Characters per line where stdout is a terminal, else undefined: tables fit it. */
  columns?: number | undefined;
  /** Shows progress; never on stdout. */
  progress: Progress;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Standard input line by line; absent where there is none. */
  dialog?: Dialog | undefined;
}

/** A command's own exit code, if it has one: 0 for yes and 1 for no, as grep answers. */
// biome-ignore lint/suspicious/noConfusingVoidType: most commands return nothing
export type CommandResult = 0 | 1 | void;

/** A training's message to a dry run: it ends the command once a few steps have been measured. */
export interface DryRun {
  /** A temporary folder, for what is written although no flag names it. */
  readonly folder: string;
  /** Call it before the first step. @param steps of the training @param unit its name, "step" by default */
  begin(steps: number, unit?: string): void;
  /** Call it after each step. @throws what ends the command */
  step(): void;
}

/** The context of a command whose outputs are locked while it runs. */
export interface CommandContext extends CliContext {
  /** Throws when the folder of an output has since been deleted or taken over. */
  assertOutputs(): Promise<void>;
  /** Claims the folder that the command writes into; see `claimFolder`. If the command fails early, it is left as it was. */
  claim(path: string, options: ClaimOptions): Promise<Claim>;
  /** With `--dry-run`: a training tells it of its steps, and is ended by it. */
  dryRun: DryRun | undefined;
  /** Notes how far a run has come, for what is said when it is interrupted. */
  reached(place: Reached): void;
}
