/** @file Cells of the proof: each is one check of one package, with its outcome. */
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

/** Thrown where this machine lacks what a check needs, or the package has nothing to check; the message says which. */
export class NotAvailable extends Error {}

const most = 2000;

/** What a failed command or check said, without colours. */
function reasonOf({ message, stdout = "", stderr = "" }) {
  const said = [message, stdout, stderr].map((text) => String(text).trim()).filter(Boolean);
  return stripVTControlCharacters(said.join("\n")).slice(0, most);
}

/**
 * Tries a check on a package.
 * @returns `outcome`: `ran` (with the `value` that the check gave), `failed` or `not available` (with the `reason`)
 */
export async function cellOf(check, one) {
  const cell = { package: one.name, check: check.name };
  try {
    const value = await check.of(one);
    return value === undefined ? { ...cell, outcome: "ran" } : { ...cell, outcome: "ran", value };
  } catch (error) {
    const outcome = error instanceof NotAvailable ? "not available" : "failed";
    return { ...cell, outcome, reason: reasonOf(error) };
  }
}

/** Seconds of processor time that this process and the children that it waited for have taken; undefined outside of Linux. */
export function processorSeconds() {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    // utime, stime, cutime and cstime, in hundredths of a second
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  } catch {
    return undefined;
  }
}

/** Calls `make` once per key, and gives its promise to all. */
export function once(make) {
  const kept = new Map();
  return (key) => {
    if (!kept.has(key)) kept.set(key, make(key));
    return kept.get(key);
  };
}
