/**
 * @file Commands run on a thread of their own. The main thread only listens, so that Ctrl-C takes effect whatever the
 * command is doing: waiting for other threads, or in a kernel that takes seconds. It loads nothing else.
 */
import { getHeapStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import { canRedraw } from "../terminal/can-redraw";
import { exitCodes } from "./exit-codes";
import type { ThreadMessage, ThreadOrder, ThreadStart } from "./thread-messages";

/**
 * Runs a program's commands on a thread, until they end.
 *
 * The first interrupt asks the command to stop, which it does at the next step, saving its work; the second ends it at
 * once, even inside a kernel. Files on disk are consistent at every moment, so that the command can be resumed in both
 * cases.
 *
 * @param program address of the module that calls `runOnThread` when it finds itself on a thread
 * @returns the exit code
 */
export async function superviseCommand(program: URL, args: readonly string[]): Promise<number> {
  const { INIT_CWD: cwd = process.cwd() } = process.env;
  const { isTTY: isTerminal = false } = process.stderr;
  const isPlain = !canRedraw(process.stderr, process.env);
  const progressColumns = columnsOf(process.stderr);
  const columns = process.stdout.isTTY ? columnsOf(process.stdout) : undefined;
  const { isTTY: isInputTerminal = false } = process.stdin;
  const thread = new Worker(program, {
    workerData: {
      args,
      cwd,
      isTerminal,
      isPlain,
      isInputTerminal,
      progressColumns,
      columns,
    } satisfies ThreadStart,
    argv: [...args], // for records of how a result was made
    // The same limit as the main thread: V8 gives threads less.
    resourceLimits: { maxOldGenerationSizeMb: getHeapStatistics().heap_size_limit / 2 ** 20 },
  });
  const order = (message: ThreadOrder) => thread.postMessage(message);
  let presses = 0;
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => {
      if (++presses === 1) order(name === "SIGINT" ? "interrupt" : "stop");
      else process.exit(exitCodes.interrupted); // stops the thread too, in whatever it is doing
    });
  // A reader that closes the pipe early, such as head, is not a failure.
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    process.exit(code === "EPIPE" ? exitCodes.success : exitCodes.failure);
  });
  // Nobody reads what is told on the way any more (2>&1 | head): the work goes on all the same.
  process.stderr.on("error", () => undefined);
  return new Promise((end, reject) => {
    thread.on("message", (message: ThreadMessage) => {
      if (message === "interrupt handled") presses = 0;
      else if (message === "read input") readInput((input) => order({ input }));
      else if ("out" in message) process.stdout.write(message.out);
      else if ("err" in message) process.stderr.write(message.err);
      // Only after stdout has taken everything, which matters for pipes.
      else process.stdout.write("", () => end(message.code));
    });
    thread.on("error", reject);
    thread.on("exit", (code) => end(code)); // without a word: after an error above
  });
}

/** Characters per line of a terminal, which may not know them. */
const columnsOf = ({ columns }: { columns?: number }): number => columns || 80;

/** Passes standard input on as it comes, then null. */
function readInput(tell: (text: string | null) => void): void {
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", tell);
  process.stdin.on("end", () => tell(null));
}
