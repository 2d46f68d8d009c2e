/**
 * @file Commands run on a thread of their own. The main thread only listens, so that Ctrl-C takes effect whatever the
 * command is doing: waiting for other threads, or in a kernel that takes seconds.
 */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { Writable } from "node:stream";
import { getHeapStatistics } from "node:v8";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { canRedraw, createProgress } from "../terminal/progress";
import { streamWriter } from "../terminal/stream-writer";
import { version } from "../version";
import type { CommandGroup } from "./define-command";
import { linesOf, TextQueue } from "./dialog";
import { type CliOptions, exitCodes, runCli } from "./run-cli";

/** The environment that is passed to the thread. */
interface Start {
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
type Message =
  | { out: string | Uint8Array }
  | { err: string | Uint8Array }
  | { code: number }
  | "read input"
  | "interrupt handled";

/** Messages to the thread; `input` is null at the end of standard input. */
type Order = "interrupt" | "stop" | { input: string | null };

/**
 * Runs a program's commands on a thread, until they end.
 *
 * The first interrupt asks the command to stop, which it does at the next step, saving its work; the second ends it at
 * once, even inside a kernel. Files on disk are consistent at every moment, so that the command can be resumed in both
 * cases.
 *
 * @param program address of the module that calls {@link runOnThread} when it finds itself on a thread
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
    } satisfies Start,
    argv: [...args], // for records of how a result was made
    // The same limit as the main thread: V8 gives threads less.
    resourceLimits: { maxOldGenerationSizeMb: getHeapStatistics().heap_size_limit / 2 ** 20 },
  });
  const order = (message: Order) => thread.postMessage(message);
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
    thread.on("message", (message: Message) => {
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

/**
 * Standard input to its end. It is not asked what it is, as by `readFileSync(0)`: see standardStream in write-output.ts of
 * support.
 */
async function wholeInput(): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of createReadStream("", { fd: 0, autoClose: false })) parts.push(part);
  return Buffer.concat(parts);
}

/**
 * The thread's side: runs the given command and reports its exit code.
 * @param onUse versions of packages that are installed on use. Default none
 */
export async function runOnThread(
  root: CommandGroup,
  onUse: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { args, cwd, isTerminal, isPlain, isInputTerminal, progressColumns, columns } =
    workerData as Start;
  const port = parentPort!;
  const say = (message: Message) => port.postMessage(message);
  const interrupt = new AbortController();
  const input = new TextQueue((isWaiting) => (isWaiting ? port.ref() : port.unref()));
  let onInterrupt: (() => void) | null = null;
  port.on("message", (message: Order) => {
    if (typeof message === "object") return input.push(message.input);
    if (message === "stop" || !onInterrupt) return interrupt.abort(new Error("interrupted"));
    say("interrupt handled"); // first: what the handler shows invites the next one
    onInterrupt();
  });
  port.unref();
  const stderr = new Writable({
    decodeStrings: false,
    write(text: string, _, done) {
      say({ err: text });
      done();
    },
  });
  const options: CliOptions = {
    resolve: (path) => resolve(cwd, path),
    readInput: wholeInput,
    write: streamWriter(columns !== undefined, (out) => say({ out })),
    writeError: streamWriter(isTerminal, (err) => say({ err })),
    progress: createProgress(
      Object.assign(stderr, { isTTY: isTerminal, isPlain, columns: progressColumns }),
    ),
    signal: interrupt.signal,
    dialog: {
      isTerminal: isInputTerminal,
      lines() {
        say("read input");
        return linesOf(input.read());
      },
      onInterrupt(handler) {
        onInterrupt = handler;
      },
    },
    version,
    onUse,
    columns,
  };
  say({ code: await runCli(root, args, options) });
}
