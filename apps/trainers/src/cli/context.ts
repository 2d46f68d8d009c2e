import type { Claim, ClaimOptions } from "../store/claim-folder";
import type { Dialog } from "./dialog";
import type { Progress } from "./progress";
import type { Reached } from "./stopped";

/** The environment of a command; tests pass their own. */
export interface CliContext {
  /** Path of a file argument, resolved against the directory the user called from. */
  resolve(path: string): string;
  /** Reads standard input to its end. */
  readInput(): Promise<Uint8Array>;
  /** Writes the command's own output. */
  write(content: string | Uint8Array): void;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Characters per line where stdout is a terminal: tables fit it. */
  columns?: number | undefined;
  /** Shows progress; never on stdout. */
  progress: Progress;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Standard input line by line; absent where there is none. */
  dialog?: Dialog | undefined;
}

/** The context of a command whose outputs are locked while it runs. */
export interface CommandContext extends CliContext {
  /** Throws when the folder of an output has since been deleted or taken over. */
  assertOutputs(): Promise<void>;
  /** Claims the folder that the command writes into; see `claimFolder`. If the command fails early, it is left as it was. */
  claim(path: string, options: ClaimOptions): Promise<Claim>;
  /** Notes how far a run has come, for what is said when it is interrupted. */
  reached(place: Reached): void;
}
