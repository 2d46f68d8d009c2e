/**
 * @file Loaded before a program (`node --import`), lets calls that change files fail. FILE_FAULT says how, as JSON:
 * `log`, a file that gets a byte per call; `at`, the call at which it happens (counted from 1, over all threads); `kind`:
 * "kill" ends the process as `kill -9` does, before the call; "half" writes half of the data first; any other is the
 * code of a system error, which that call and all later ones meet (on a full disk, ENOSPC, those that need room).
 */
import { appendFileSync, statSync, writeSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { fileURLToPath } from "node:url";

const { log, at = Infinity, kind = "kill" } = JSON.parse(process.env.FILE_FAULT ?? "{}");

/** Bytes are appended one at a time, so that the size counts the calls of all threads. */
function count() {
  appendFileSync(log, ".");
  return statSync(log).size;
}

const killed = () => process.kill(process.pid, "SIGKILL");

function meet(isExempt, write) {
  const call = count();
  if (call < at || isExempt) return;
  if (kind === "half") write?.();
  if (kind === "kill" || kind === "half") killed();
  else throw Object.assign(new Error(`${kind}: injected`), { code: kind });
}

function intercept(owner, name, halfOf) {
  const real = owner[name];
  owner[name] = async function (...args) {
    const changes = name !== "open" || (args[1] ?? "r") !== "r";
    const isExempt = kind === "ENOSPC" && /^(rename|rm|rmdir|sync)$/.test(name);
    if (changes) meet(isExempt, () => halfOf?.(this, args));
    return real.apply(this, args);
  };
}

function writeHalf(handle, [data]) {
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  writeSync(handle.fd, bytes.subarray(0, bytes.length >> 1));
}

if (log !== undefined) {
  for (const name of ["appendFile", "link", "mkdir", "open", "rename", "rm", "rmdir", "writeFile"])
    intercept(fs, name);
  const handle = await fs.open(fileURLToPath(import.meta.url), "r");
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ["appendFile", "sync", "writeFile"])
    intercept(prototype, name, name === "sync" ? undefined : writeHalf);
  syncBuiltinESMExports();
}
