import type { Writable } from "node:stream";
import { intro, log, outro } from "@clack/prompts";
import { terminalText } from "@deepgrain/support";

/** A task with displayed progress. */
export interface ProgressTask {
  /** @param done share of the work, from 0 to 1 */
  update(done: number, message: string): void;
  end(message: string): void;
}

/** Displays progress. */
export interface Progress {
  title(text: string): void;
  note(text: string): void;
  task(name: string): ProgressTask;
  finish(text: string): void;
  /** Leaves the cursor on a new line, regardless of what was being drawn. */
  close(): void;
}

/** A stream; `isPlain`: a terminal on which no line may be redrawn. */
type Output = Writable & { isTTY?: boolean; isPlain?: boolean; columns?: number };

/** Without a terminal, the minimum interval between two progress lines of a task. */
const QUIET_MS = 10_000;

const bar = (done: number, width = 24): string => {
  const filled = Math.round(Math.min(1, Math.max(0, done)) * width);
  return `${"━".repeat(filled)}${"╌".repeat(width - filled)}`;
};

const clip = (text: string, columns: number) => {
  const points = Array.from(text);
  return points.length < columns ? text : `${points.slice(0, columns - 2).join("")}…`;
};

/**
 * Progress on a stream, meant for stderr: a bar that redraws itself on a terminal, an occasional line elsewhere. Titles
 * and notes are clack's; its own bars capture the keyboard and end the program on Ctrl-C, which would leave no time to
 * save. A terminal gets texts as `terminalText` shows them.
 */
export function createProgress(output: Output, now: () => number = Date.now): Progress {
  const { isTTY = false, isPlain = false } = output;
  const progress = drawProgress(output, isTTY && !isPlain, now);
  return isTTY ? shownProgress(progress) : progress;
}

/** Progress that gets the texts of another as a terminal may show them. */
function shownProgress({ title, note, task, finish, close }: Progress): Progress {
  return {
    title: (text) => title(terminalText(text)),
    note: (text) => note(terminalText(text)),
    task(name) {
      const { update, end } = task(terminalText(name));
      return {
        update: (done, message) => update(done, terminalText(message)),
        end: (message) => end(terminalText(message)),
      };
    },
    finish: (text) => finish(terminalText(text)),
    close,
  };
}

function drawProgress(output: Output, isTerminal: boolean, now: () => number): Progress {
  let isDrawing = false;
  const clear = () => {
    if (isDrawing) output.write("\r\u001b[2K");
    isDrawing = false;
  };
  const say = (text: string) => {
    clear();
    if (isTerminal) log.message(text, { output, spacing: 0 });
    else output.write(`${text}\n`);
  };
  return {
    title(text) {
      if (isTerminal) intro(text, { output });
      else output.write(`${text}\n`);
    },
    note: say,
    task(name) {
      let last = Number.NEGATIVE_INFINITY;
      return {
        update(done, message) {
          if (isTerminal) {
            const line = `│  ${bar(done)} ${name} · ${message}`;
            output.write(`\r\u001b[2K${clip(line, output.columns ?? 80)}`);
            isDrawing = true;
          } else if (now() - last >= QUIET_MS) {
            last = now();
            output.write(`${name} ${Math.round(100 * done)} % · ${message}\n`);
          }
        },
        end(message) {
          clear();
          if (isTerminal) log.step(`${name} · ${message}`, { output, spacing: 0 });
          else output.write(`${name} done · ${message}\n`);
        },
      };
    },
    finish(text) {
      clear();
      if (isTerminal) outro(text, { output });
      else output.write(`${text}\n`);
    },
    close: clear,
  };
}

/** Shows nothing: for `--quiet`. */
export const noProgress: Progress = {
  title: () => undefined,
  note: () => undefined,
  task: () => ({ update: () => undefined, end: () => undefined }),
  finish: () => undefined,
  close: () => undefined,
};
