import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bounds } from "./bounds";
import type { ProgramJob, TestsJob } from "./messages";
import { behindWalls, type Walls } from "./walls";

/** A process with an interpreter of Python, which writes lines. */
export interface Interpreter {
  readonly pid: number;
  /** Processor time after which the kernel ends it. */
  readonly mostSeconds: number;
  post(job: TestsJob | ProgramJob): void;
  /** Sends a line as it is. */
  send(line: string): void;
  /** The next line; undefined when the process has ended. */
  next(): Promise<string | undefined>;
  /** A snapshot of its memory, complete once it is ready; empty where it was started from one, or ended early. */
  readonly snapshot: Promise<Uint8Array>;
  /** Kills it and all that it started. */
  kill(): void;
}

/** Most lines that wait to be read; a process that writes more is killed. */
const MOST_WAITING = 8;

/** The flag by which this Node closes files and processes. */
const permissionFlag = (): string =>
  process.allowedNodeEnvironmentFlags.has("--permission")
    ? "--permission"
    : "--experimental-permission";

/** How an interpreter starts. */
export interface InterpreterOptions {
  /** Address of the child's module, and of Pyodide's. */
  child: URL;
  pyodide: URL;
  walls: Walls;
  /** Processor time after which the kernel ends it. */
  mostSeconds: number;
  /** Memory of an interpreter that has not run anything, from which this one starts sooner; without, it gives its own. */
  snapshot?: Uint8Array | undefined;
}

/** Starts an interpreter. */
export function startInterpreter(options: InterpreterOptions): Interpreter {
  const { child, pyodide, walls, mostSeconds, snapshot } = options;
  const script = fileURLToPath(child);
  const files = dirname(fileURLToPath(pyodide));
  // Node 20 ends where one path is the beginning of another: only whole folders.
  const readable = [`${dirname(script)}/*`, `${files}/*`];
  const [command, ...args] = behindWalls(walls, mostSeconds, [
    process.execPath,
    "--no-warnings",
    "--disallow-code-generation-from-strings",
    permissionFlag(),
    ...readable.map((path) => `--allow-fs-read=${path}`),
    script,
  ]);
  const own = spawn(command!, args, {
    env: { PATH: process.env.PATH },
    stdio: ["pipe", "pipe", "ignore", "pipe"],
    detached: true,
    cwd: files,
  });
  own.stdin?.on("error", () => undefined);
  const start = {
    pyodide: pathToFileURL(fileURLToPath(pyodide)).href,
    files: `${files}/`,
    bounds,
    snapshotBytes: snapshot?.length ?? 0,
  };
  own.stdin?.write(`${JSON.stringify(start)}\n`);
  const memory = own.stdio[3] as Duplex;
  memory.on("error", () => undefined);
  if (snapshot) memory.end(snapshot);
  const given = buffer(memory).catch(() => new Uint8Array());
  return { ...conversation(own), mostSeconds, snapshot: given };
}

/** Talks with a process in lines; one that writes longer lines, or many before they are read, is killed. */
function conversation(own: ChildProcess): Omit<Interpreter, "snapshot" | "mostSeconds"> {
  let longest = bounds.MOST_LINE;
  const lines: string[] = [];
  let wake: (() => void) | undefined;
  let hasEnded = false;
  let parts: string[] = [];
  let length = 0;
  const kill = () => {
    try {
      process.kill(-own.pid!, "SIGKILL");
    } catch {
      own.kill("SIGKILL");
    }
  };
  const end = () => {
    hasEnded = true;
    wake?.();
  };
  own.on("error", end);
  own.on("close", end);
  own.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const [first, ...others] = text.split("\n");
    parts.push(first!);
    length += first!.length;
    for (const other of others) {
      lines.push(parts.join(""));
      parts = [other];
      length = other.length;
    }
    if (length > longest || lines.length > MOST_WAITING) kill();
    wake?.();
  });
  const send = (line: string) => void own.stdin?.write(`${line}\n`);
  return {
    pid: own.pid!,
    post(job) {
      // A printed character takes up to six in a line.
      if ("outputLength" in job) longest = bounds.MOST_LINE + 6 * (job.outputLength ?? 0);
      send(JSON.stringify(job));
    },
    send,
    async next() {
      for (;;) {
        const line = lines.shift();
        if (line !== undefined) return line;
        if (hasEnded) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    },
    kill,
  };
}
