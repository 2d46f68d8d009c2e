import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const preload = new URL("file-faults.mjs", import.meta.url).href;

/** A fault for {@link runProgram}; see file-faults.mjs. */
export interface FileFault {
  /** Call that changes files at which it happens, from 1. */
  at?: number;
  kind?: string;
}

/** How a program ended. */
export interface Ended {
  code: number | null;
  signal: string | null;
  out: string;
  err: string;
  /** Calls that changed files. */
  calls: number;
}

/** Runs the command line as a process of its own, called from `cwd`. @param main path of the bundled program */
export async function runProgram(
  main: string,
  args: readonly string[],
  { cwd, fault = {} }: { cwd: string; fault?: FileFault },
): Promise<Ended> {
  const log = join(cwd, `calls-${globalThis.crypto.randomUUID()}`);
  const env = { ...process.env, INIT_CWD: cwd, FILE_FAULT: JSON.stringify({ log, ...fault }) };
  const child = spawn(process.execPath, ["--import", preload, main, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  const calls = await readFile(log, "utf8").then(
    ({ length }) => length,
    () => 0,
  );
  await rm(log, { force: true });
  return { code, signal, out, err, calls };
}

/** Paths of all files in a folder, sorted. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const path = (parent: string, name: string) => join(parent, name).slice(folder.length + 1);
  return entries.flatMap((e) => (e.isFile() ? [path(e.parentPath, e.name)] : [])).sort();
}

/** The contents of all files in a folder, by their paths. */
export async function contentsOf(folder: string): Promise<Record<string, string>> {
  const names = await filesIn(folder);
  const texts = names.map((name) => readFile(join(folder, name), "base64"));
  return Object.fromEntries((await Promise.all(texts)).map((text, i) => [names[i]!, text]));
}

/** The app's folder. */
export const appFolder = fileURLToPath(new URL("../..", import.meta.url));
