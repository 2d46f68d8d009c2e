import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { disk, thisProcess } from "@deepgrain/support/files";
import { type FailingDisk, failingDisk } from "@deepgrain/vitest/failing-disk";
import { call } from "../call";
import type { Fault } from "./crash-plan";
import type { CrashWay } from "./crash-ways";
import { outcomeOf } from "./kill-commands";

/** An undisturbed run. */
export interface WholeRun {
  operations: FailingDisk["operations"];
  outcome: Record<string, string>;
  /** Names of all files and folders. */
  names: string[];
}

const isOwnOrLock = (name: string) => /\.(tmp|old|gone|lock)$/.test(name);

const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).sort();

async function readied({ begin }: CrashWay, cwd: string, folder: string): Promise<string> {
  await mkdir(join(cwd, folder));
  await begin?.(cwd, folder);
  return join(cwd, folder);
}

/** Runs it once, with nothing but counting. */
export async function wholeRun(way: CrashWay, cwd: string): Promise<WholeRun> {
  const path = await readied(way, cwd, "whole");
  const counting = failingDisk({ disk, thisProcess });
  const { code, err } = await call(way.args(cwd, "whole"), { cwd });
  await counting.restart();
  if (code !== 0) throw new Error(`${way.name}: ${err}`);
  const { operations } = counting;
  return { operations, outcome: await outcomeOf(path), names: await namesIn(path) };
}

/** What is still under way once a command has ended. */
async function leftRunning(failing: FailingDisk): Promise<string[]> {
  const called = failing.operations.length;
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  const isQuiet = failing.running() === 0 && failing.operations.length === called;
  return isQuiet ? [] : [`${failing.running()} files or operations were left running`];
}

/** How a folder differs from that of the undisturbed run. */
async function differences(path: string, { outcome, names }: WholeRun): Promise<string[]> {
  const there = await namesIn(path);
  const own = await outcomeOf(path).catch((error: Error) => error);
  if (own instanceof Error) return [`a file cannot be read: ${own.message}`];
  const all = [...new Set([...names, ...there])];
  return all.flatMap((name) => {
    if (!there.includes(name)) return [`${name} is missing`];
    if (!names.includes(name)) return [`${name} is left over`];
    return own[name] === outcome[name] ? [] : [`${name} differs`];
  });
}

/**
 * Runs a way with one operation failing, then calls it again as a user would.
 * @returns what is wrong then; nothing where all is as undisturbed
 */
export async function crashAt(
  way: CrashWay,
  whole: WholeRun,
  { at, failure }: Fault,
  cwd: string,
): Promise<string[]> {
  const folder = `${failure}-${at}`;
  const path = await readied(way, cwd, folder);
  const failing = failingDisk({ disk, thisProcess }, { at, failure });
  const first = await call(way.args(cwd, folder), { cwd });
  const found = await leftRunning(failing);
  await failing.restart();
  const { failed } = failing;
  const isKilled = failure === "half" || failure === "kill";
  if (failed && !isKilled) {
    if (first.code !== 0 && !/\((ENOSPC|EIO)\)/.test(first.err))
      found.push(`the reason is not said: ${first.err}`);
    const left = failed.name.startsWith("rm") ? [] : (await namesIn(path)).filter(isOwnOrLock);
    for (const name of left) found.push(`${name} is left over at once`);
  }
  const counting = failingDisk({ disk, thisProcess });
  const second = await call(way.args(cwd, folder), { cwd });
  found.push(...(await leftRunning(counting)));
  await counting.restart();
  if (second.code !== 0) found.push(`called again it ends with ${second.code}: ${second.err}`);
  found.push(...(await differences(path, whole)));
  const where = `${failure} at ${at} of ${whole.operations.length}, ${failed?.name} ${failed?.place}`;
  return found.map((problem) => `${way.name}: ${where}: ${problem}`);
}
