/**
 * @file The process in which programs of Python run. It reads jobs as lines from its standard input and answers on its standard
 * output; every answer carries a secret that came with the first line, which a program cannot know. A snapshot of the
 * interpreter's memory comes or goes by a third way, which is closed before any program runs.
 */
// biome-ignore lint/style/noRestrictedImports: it writes to pipes that are open, never to a file
import fs from "node:fs";
import { closeWays } from "./close-ways";
import { openRealm } from "./realm";

/** The first line of the input. */
interface Start {
  readonly secret: string;
  /** Address of Pyodide's module, and the folder of its files. */
  readonly pyodide: string;
  readonly files: string;
  /** Size of the snapshot to start from; 0 to give one. */
  readonly snapshotBytes: number;
}

/** A program to run. */
interface Job {
  readonly id: number;
  readonly program: string;
  readonly tests: string;
  readonly outputLength: number;
}

const { closeSync, readSync, writeSync } = fs;
const { stringify, parse } = JSON;
const { exit } = process;
const random = Math.random;

let waiting = "";
const decoder = new TextDecoder();
const chunk = new Uint8Array(65_536);

/** The next line of the input; undefined at its end. */
function nextLine(): string | undefined {
  for (;;) {
    const end = waiting.indexOf("\n");
    if (end >= 0) {
      const line = waiting.slice(0, end);
      waiting = waiting.slice(end + 1);
      return line;
    }
    let count: number;
    try {
      count = readSync(0, chunk);
    } catch (error) {
      if ((error as { code?: string }).code === "EAGAIN") continue;
      throw error;
    }
    if (count === 0) return undefined;
    waiting += decoder.decode(chunk.subarray(0, count), { stream: true });
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

const { secret, pyodide: module, files, snapshotBytes } = parse(nextLine()!) as Start;
const answer = (fields: object) =>
  writeAll(1, new TextEncoder().encode(`${stringify({ secret, ...fields })}\n`));

closeWays();
const { loadPyodide } = (await import(module)) as typeof import("pyodide");
let output = "";
let most = 0;
const print = (line: string) => {
  output += `${line}\n`.slice(0, Math.max(0, most + 1 - output.length));
  if (output.length > most) {
    answer({ type: "output" });
    exit(0);
  }
};
const options: Parameters<typeof loadPyodide>[0] = {
  indexURL: files,
  stdout: print,
  stderr: print,
  env: { HOME: "/home/pyodide" },
};
if (snapshotBytes > 0) options._loadSnapshot = readSnapshot(snapshotBytes);
else options._makeSnapshot = true;
const pyodide = await loadPyodide(options);
const given = snapshotBytes > 0 ? new Uint8Array() : pyodide.makeMemorySnapshot();
writeAll(MEMORY, given);
closeSync(MEMORY);
const realm = openRealm(pyodide);
answer({ type: "ready", snapshotBytes: given.length });

for (let line = nextLine(); line !== undefined; line = nextLine()) {
  const { id, program, tests, outputLength } = parse(line) as Job;
  output = "";
  most = outputLength;
  const own = `${random()}${random()}`;
  let verdict = "error";
  let message = "";
  try {
    const [found, said] = realm.run(program, tests, own);
    verdict = found === "passed" && said !== own ? "failed" : found;
    message = found === "passed" ? "" : said;
  } catch (error) {
    // Pyodide itself failed: it is not to be used again.
    answer({ type: "broken", id, message: String(error).slice(0, 300) });
    exit(0);
  }
  const isClean = verdict === "passed" && realm.isClean();
  answer({ type: "outcome", id, verdict, message, output, isClean });
  if (!isClean) exit(0);
}
exit(0);
