/** The environment that is passed to the thread. */
export interface ThreadStart {
  args: readonly string[];
  /** Directory that the user called from. */
  cwd: string;
  /** Whether stderr is a terminal, and one on which no line may be redrawn. */
  isTerminal: boolean;
  isPlain: boolean;
  /** The same of stdin. */
  isInputTerminal: boolean;
  /** Characters per line of stderr. */
  progressColumns: number;
  /** The same of stdout, if it is a terminal. */
  columns: number | undefined;
}

/** Messages from the thread: text for a stream, what it asks for or has done, or its end. */
export type ThreadMessage =
  | { out: string | Uint8Array }
  | { err: string | Uint8Array }
  | { code: number }
  | "read input"
  | "interrupt handled";

/** Messages to the thread; `input` is null at the end of standard input. */
export type ThreadOrder = "interrupt" | "stop" | { input: string | null };
