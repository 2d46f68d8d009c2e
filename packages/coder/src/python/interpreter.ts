import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

/** A message of the child; lines without its secret are ignored. */
export type ChildAnswer =
  | { readonly type: "output" }
  | {
      readonly type: "ready";
      /** Size of the snapshot that it gave; 0 where it was started from one. */
      readonly snapshotBytes: number;
    }
  | { readonly type: "broken"; readonly id: number; readonly message: string }
  | {
      readonly type: "outcome";
      readonly id: number;
      readonly verdict: string;
      readonly message: string;
      readonly output: string;
      readonly isClean: boolean;
    };

/** A process with an interpreter of Python. */
export interface Interpreter {
  readonly pid: number;
  post(job: object): void;
  /** The next answer; undefined when the process has ended. */
  next(): Promise<ChildAnswer | undefined>;
  /** A snapshot of its memory, complete once it is ready; empty where it was started from one, or ended early. */
  readonly snapshot: Promise<Uint8Array>;
  /** Kills it and all that it started. */
  kill(): void;
}

/** Longest answer, in UTF-16 units; a child that writes more without a line break is killed. */
const LONGEST = 2 ** 24;

/** The flag by which this Node closes files and processes. */
const permissionFlag = (): string =>
  process.allowedNodeEnvironmentFlags.has("--permission")
    ? "--permission"
    : "--experimental-permission";

/** Whether this user may create a network namespace without connections. */
export async function canUnshare(): Promise<boolean> {
  return promisify(execFile)("unshare", ["-rn", "true"]).then(
    () => true,
    () => false,
  );
}

/** How an interpreter starts. */
export interface InterpreterOptions {
  /** Address of the child's module, and of Pyodide's. */
  child: URL;
  pyodide: URL;
  isUnshared: boolean;
  /** Memory of an interpreter that has not run anything, from which this one starts sooner; without, it gives its own. */
  snapshot?: Uint8Array | undefined;
}

/** Starts an interpreter. */
export function startInterpreter({
  child,
  pyodide,
  isUnshared,
  snapshot,
}: InterpreterOptions): Interpreter {
  const script = fileURLToPath(child);
  const files = dirname(fileURLToPath(pyodide));
  // Node 20 ends where one path is the beginning of another: only whole folders.
  const readable = [`${dirname(script)}/*`, `${files}/*`];
  const node = [
    "--no-warnings",
    "--disallow-code-generation-from-strings",
    permissionFlag(),
    ...readable.map((path) => `--allow-fs-read=${path}`),
    script,
  ];
  const [command, args] = isUnshared
    ? (["unshare", ["-rn", process.execPath, ...node]] as const)
    : ([process.execPath, node] as const);
  const own = spawn(command, args, {
    env: { PATH: process.env.PATH },
    stdio: ["pipe", "pipe", "ignore", "pipe"],
    detached: true,
    cwd: files,
  });
  const secret = randomUUID();
  own.stdin?.on("error", () => undefined);
  own.stdin?.write(
    `${JSON.stringify({
      secret,
      pyodide: pathToFileURL(fileURLToPath(pyodide)).href,
      files: `${files}/`,
      snapshotBytes: snapshot?.length ?? 0,
    })}\n`,
  );
  const memory = own.stdio[3] as Duplex;
  memory.on("error", () => undefined);
  if (snapshot) memory.end(snapshot);
  const given = buffer(memory).catch(() => new Uint8Array());
  return { ...conversation(own, secret), snapshot: given };
}

function conversation(own: ChildProcess, secret: string): Omit<Interpreter, "snapshot"> {
  const answers: ChildAnswer[] = [];
  let wake: (() => void) | undefined;
  let hasEnded = false;
  let text = "";
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
  own.on("exit", end);
  own.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    const lines = text.split("\n");
    text = lines.pop()!;
    if (text.length > LONGEST) kill();
    for (const line of lines) {
      try {
        const answer = JSON.parse(line) as ChildAnswer & { secret?: string };
        if (answer.secret === secret) answers.push(answer);
      } catch {
        // a line that the program wrote
      }
    }
    wake?.();
  });
  return {
    pid: own.pid!,
    post: (job) => void own.stdin?.write(`${JSON.stringify(job)}\n`),
    async next() {
      for (;;) {
        const answer = answers.shift();
        if (answer !== undefined) return answer;
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
