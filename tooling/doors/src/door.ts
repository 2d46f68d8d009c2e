/** @file The form of the list of doors. */

/** An exported function that reads what a stranger may have written. */
export interface Door {
  /** Its name, as exported. */
  readonly door: string;
  /** The folder of its package. */
  readonly in: string;
  /** The modules that do its reading, below the package's `src`. */
  readonly reads: readonly string[];
  /** Why no inputs are generated for it; left out where they are. */
  readonly noGenerator?: string | undefined;
}
