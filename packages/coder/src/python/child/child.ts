/**
 * @file A process with an interpreter of Python, which becomes the tests' or the program's with its first job. It reads jobs as
 * lines from its standard input and answers on its standard output. A snapshot of the interpreter's memory comes or goes by a
 * third way, which is closed before any job.
 */
// biome-ignore lint/style/noRestrictedImports: it writes to pipes that are open, never to a file
import fs from "node:fs";
import type { ProgramJob, TestsJob } from "../messages";
import { closeWays } from "./close-ways";
import { harness } from "./harness";

/** The first line of the input. */
interface Start {
  /** Address of Pyodide's module, and the folder of its files. */
  readonly pyodide: string;
  readonly files: string;
  /** Names of Python's side for `bounds.ts`, which this process must not import: it may read only its own folder. */
  readonly bounds: Readonly<Record<string, number>>;
  /** Size of the snapshot to start from; 0 to give one. */
  readonly snapshotBytes: number;
}

const { closeSync, readSync, writeSync } = fs;
const { stringify, parse } = JSON;
const { exit } = process;

let waiting = "";
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const chunk = new Uint8Array(65_536);

/** The next line of the input; the process ends with it. */
function nextLine(): string {
  const parts = [waiting];
  for (;;) {
    const last = parts.at(-1)!;
    const end = last.indexOf("\n");
    if (end >= 0) {
      waiting = last.slice(end + 1);
      parts[parts.length - 1] = last.slice(0, end);
      return parts.join("");
    }
    let count: number;
    try {
      count = readSync(0, chunk);
    } catch (error) {
      if ((error as { code?: string }).code === "EAGAIN") continue;
      throw error;
    }
    if (count === 0) exit(0);
    parts.push(decoder.decode(chunk.subarray(0, count), { stream: true }));
  }
}

/** Where a snapshot comes or goes. */
const MEMORY = 3;

/** Reads a snapshot. @throws if it ends too early */
function readSnapshot(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const count = readSync(MEMORY, bytes, at, size - at, null);
    if (count === 0) throw new Error("the snapshot ended too early");
    at += count;
  }
  return bytes;
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

const sayLine = (line: string) => writeAll(1, encoder.encode(`${line}\n`));
const say = (message: object) => sayLine(stringify(message));

const { pyodide: module, files, bounds, snapshotBytes } = parse(nextLine()) as Start;
closeWays();
const { loadPyodide } = (await import(module)) as typeof import("pyodide");
let output = "";
let most = 0;
const print = (line: string) => {
  output += `${line}\n`.slice(0, Math.max(0, most + 1 - output.length));
  if (output.length > most) {
    say({ isOver: true });
    exit(0);
  }
};
const options: Parameters<typeof loadPyodide>[0] = {
  indexURL: files,
  stdin: () => null,
  stdout: print,
  stderr: print,
  env: { HOME: "/home/pyodide" },
};
if (snapshotBytes > 0) options._loadSnapshot = readSnapshot(snapshotBytes);
else options._makeSnapshot = true;
const pyodide = await loadPyodide(options);
let given: Uint8Array = new Uint8Array();
if (snapshotBytes === 0) {
  const names = Object.entries(bounds).map(([name, value]) => `${name} = ${value}\n`);
  const source = stringify(names.join("") + harness);
  // Builtins of its own, which stay as they are when a program replaces Python's.
  pyodide.runPython(
    `import builtins, sys, types\nsys.modules["_judge"] = types.ModuleType("_judge")\nvars(sys.modules["_judge"])["__builtins__"] = dict(vars(builtins))\nexec(${source}, vars(sys.modules["_judge"]))`,
  );
  given = pyodide.makeMemorySnapshot();
}
writeAll(MEMORY, given);
closeSync(MEMORY);
const serve: (line: string) => string = pyodide.runPython("import _judge; _judge.serve");
const judge: (line: string, ask: (line: string) => string) => string =
  pyodide.runPython("_judge.judge");
pyodide.runPython("del _judge");
say({ isReady: true, snapshotBytes: given.length });

/** Asks the program, on behalf of the tests. */
const ask = (line: string) => {
  sayLine(line);
  return nextLine();
};

for (;;) {
  const line = nextLine();
  const job = parse(line) as TestsJob | ProgramJob;
  if ("outputLength" in job && job.outputLength !== undefined) {
    output = "";
    most = job.outputLength;
  }
  try {
    if (job.action === "finish") say({ id: job.id, output });
    else if (job.side === "program") sayLine(serve(line));
    else say({ ...(parse(judge(line, ask)) as object), output });
  } catch (error) {
    // Pyodide itself failed: it is not to be used again.
    say({ broken: String(error).slice(0, 300) });
    exit(0);
  }
}
