import { join } from "node:path";
import { expect } from "vitest";
import { type KillCommand, outcomeOf } from "./kill-commands";
import { runProgram } from "./program";

/** The result of a run without a fault. */
export interface Undisturbed {
  outcome: Record<string, string>;
  /** Calls that change files. */
  calls: number;
}

/** Prepares a folder for a command, and runs it once in peace. */
export async function undisturbed(
  main: string,
  command: KillCommand,
  cwd: string,
): Promise<Undisturbed> {
  await command.prepare(cwd);
  const { code, err, calls } = await runProgram(main, command.args(cwd, "whole"), { cwd });
  expect(code, err).toBe(0);
  return { outcome: await outcomeOf(join(cwd, "whole")), calls };
}

/** Options of {@link killAgain}. */
export interface KillOptions {
  cwd: string;
  /** Name of the run's folder. */
  out: string;
  kills: number;
  random: () => number;
}

/**
 * Runs a command and kills it at calls that change files, drawn at random, half of them in the middle of writing; then
 * resumes it, until it was killed so often or ends. Then it is let run to its end, which must be that of the undisturbed run,
 * with nothing left over.
 *
 * @returns how often it was killed
 */
export async function killAgain(
  main: string,
  command: KillCommand,
  { outcome, calls }: Undisturbed,
  { cwd, out, kills, random }: KillOptions,
): Promise<number> {
  let killed = 0;
  for (;;) {
    const at = 1 + Math.floor((random() * calls) / Math.max(1, kills * 0.7));
    const kind = random() < 0.5 ? "kill" : "half";
    const fault = killed < kills ? { at, kind } : {};
    const { code, signal, err } = await runProgram(main, command.args(cwd, out), { cwd, fault });
    if (code === 0) break;
    expect(signal, `${command.name}, killed ${killed} times, at ${at} (${kind}): ${err}`).toBe(
      "SIGKILL",
    );
    killed++;
  }
  expect(await outcomeOf(join(cwd, out))).toEqual(outcome);
  return killed;
}
