import { existsSync } from "node:fs";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { Flags } from "../flags/flags";
import { kebabCase } from "../flags/kebab-case";
import { RUN_FILE, readRunRecord } from "../runs/run-record";
import type { CliContext } from "./context";

type Given = Readonly<Record<string, unknown>>;

/** Flags of a call alone, which no run keeps. */
const OF_THE_CALL = ["resume", "overwrite", "json", "config", "dryRun", "threads"];

/** The flag that names the folder of a command's run; undefined for commands without one. */
export const runFlagOf = (flags: Flags): string | undefined =>
  flags.resume && Object.keys(flags).find((name) => flags[name]!.writes === "folder");

/** Whether a text is an address with a password or a token in it. */
function isSecret(value: unknown): boolean {
  if (typeof value !== "string" || !/^\w+:\/\//.test(value) || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username !== "" || password !== "";
}

/**
 * The flags that the record of a run keeps: all whose value is not the default, but for the run's folder; none of a command
 * whose runs are not resumed. Of an address with a password only its place is kept: null.
 */
export function keptFlags(
  flags: Flags,
  values: Given,
  { resolve }: Pick<CliContext, "resolve">,
): Record<string, unknown> {
  const folder = runFlagOf(flags);
  if (folder === undefined) return {};
  const left = [...OF_THE_CALL, folder];
  const isDefault = (name: string, value: unknown) => {
    const usual = flags[name]?.fallback({ spelling: `--${kebabCase(name)}`, resolve });
    return JSON.stringify(usual) === JSON.stringify(value);
  };
  const kept = Object.entries(values).filter(
    ([name, value]) => value !== undefined && !left.includes(name) && !isDefault(name, value),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, isSecret(value) ? null : value]));
}

/** @throws {UsageError} where the folder holds no run of the command */
async function runIn(folder: string, command: string): Promise<Given> {
  const record = await readRunRecord(folder);
  if (record === undefined) {
    const found = existsSync(folder) ? `it holds no ${RUN_FILE}` : "there is no such folder";
    throw new UsageError(
      `--resume: there is no run in ${folder} (${found}); begin one without --resume, or give its folder`,
    );
  }
  if (record.command !== command)
    throw new UsageError(
      `--resume: ${folder} holds a run of \`deepgrain ${record.command}\`, not of \`deepgrain ${command}\``,
    );
  return record.flags;
}

/**
 * The flags of a call that resumes a run: those that were typed, and for the others those that the run was begun with.
 * Whether the typed ones agree with the run is seen when the run's folder is claimed.
 *
 * @param typed flags that were typed
 * @param command its words, without `deepgrain`
 * @throws {UsageError} where there is no run of this command; nothing has been made then
 */
export async function resumedFlags(flags: Flags, typed: Given, command: string): Promise<Given> {
  const name = runFlagOf(flags);
  if (typed.resume !== true || name === undefined) return typed;
  const folder = typed[name];
  if (typeof folder !== "string")
    throw new UsageError(`--resume needs --${kebabCase(name)}, the folder of the run`);
  if (typed.overwrite === true) throw new UsageError("give either --resume or --overwrite");
  const kept = await runIn(folder, command);
  const known = Object.entries(kept).filter(([own]) => Object.hasOwn(flags, own));
  const secret = known.find(([own, value]) => value === null && typed[own] === undefined);
  if (secret)
    throw new UsageError(
      `--${kebabCase(secret[0])} holds a password, which no run keeps: give it again`,
    );
  return { ...Object.fromEntries(known), ...typed };
}
