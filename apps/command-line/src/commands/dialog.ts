/** The input and output of a command that talks with its user. */
export interface Dialog {
  /** Whether standard input is a terminal. */
  readonly isTerminal: boolean;
  /** Lines of standard input as they come, without their ends. */
  lines(): AsyncIterable<string>;
  /** While a handler is set, Ctrl-C calls it and the command goes on. */
  onInterrupt(handler: (() => void) | null): void;
}

/** Text that arrives in pieces, line by line; the last one may lack its end. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
  let open = "";
  for await (const chunk of chunks) {
    const lines = (open + chunk).split(/\r?\n/);
    open = lines.pop()!;
    yield* lines;
  }
  if (open !== "") yield open;
}

/** Pieces of text that wait to be read; null ends them. */
export class TextQueue {
  private readonly waiting: (string | null)[] = [];
  private wake: (() => void) | null = null;

  /** @param onWait is called with true when a reader begins to wait, with false when it ends */
  constructor(private readonly onWait: (isWaiting: boolean) => void) {}

  push(text: string | null): void {
    this.waiting.push(text);
    this.wake?.();
  }

  async *read(): AsyncGenerator<string, void> {
    for (;;) {
      if (this.waiting.length === 0) {
        this.onWait(true);
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        this.wake = null;
        this.onWait(false);
      }
      const text = this.waiting.shift()!;
      if (text === null) return;
      yield text;
    }
  }
}
