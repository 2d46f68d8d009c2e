/** @file The thread that a command runs on; see supervise-command.ts. */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { Writable } from "node:stream";
import { parentPort, workerData } from "node:worker_threads";
import { createProgress } from "../terminal/progress";
import { streamWriter } from "../terminal/stream-writer";
import { version } from "../version";
import type { CommandGroup } from "./define-command";
import { linesOf, TextQueue } from "./dialog";
import { type CliOptions, runCli } from "./run-cli";
import type { ThreadMessage, ThreadOrder, ThreadStart } from "./thread-messages";

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
    workerData as ThreadStart;
  const port = parentPort!;
  const say = (message: ThreadMessage) => port.postMessage(message);
  const interrupt = new AbortController();
  const input = new TextQueue((isWaiting) => (isWaiting ? port.ref() : port.unref()));
  let onInterrupt: (() => void) | null = null;
  port.on("message", (message: ThreadOrder) => {
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
