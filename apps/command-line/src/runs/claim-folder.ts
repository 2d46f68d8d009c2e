import { existsSync } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { disk, removeFolder, removeLeftovers, saveJson } from "@deepgrain/support/files";
import { RUN_FILE, type RunRecord, readRunRecord, refuseDifferences } from "./run-record";

/** The purpose of a command's claim on a folder, and how it treats an earlier run in it. */
export interface ClaimOptions extends Omit<RunRecord, "version" | "flags" | "threads"> {
  /** Go on with the run in the folder, if there is one. */
  resume: boolean;
  /** Begin again if there was a run. */
  overwrite: boolean;
  /** Settings that may be others when a run goes on. */
  changeable?: readonly string[] | undefined;
}

/** The call that claims a folder. */
export interface ClaimCall {
  /** Its flags as the record keeps them. */
  flags: RunRecord["flags"];
  /** Names of all flags of the command. */
  flagNames: readonly string[];
  /** Counts the threads of its engine, if it computes. */
  threads?: (() => Promise<number>) | undefined;
}

/** A folder that a command has claimed. */
export interface Claim {
  /** From now on the folder is kept also if the command fails. */
  begin(): void;
  /** After a failure: deletes what the command made, unless the run had begun or had its first step. */
  abandon(): Promise<void>;
  /** Whether there is something to go on from. */
  isKept(): boolean;
}

/** Whether a name is of a pattern, where each `*` stands for any part; parts are found from the left, without going back. */
function isOf(name: string, pattern: string): boolean {
  const [first = "", ...parts] = pattern.replace(/\/$/, "").split("*");
  const last = parts.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

const isListed = (name: string, list: readonly string[]): boolean =>
  list.some((one) => isOf(name, one));

const namesIn = (path: string): Promise<string[]> => readdir(path).catch(() => []);

/** Whether something is more than an empty folder or file, or a journal that holds only its head. */
async function isFilled(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined); // it may be deleted meanwhile
  if (found === undefined) return false;
  if (found.isDirectory()) return (await namesIn(path)).length > 0;
  if (!path.endsWith("journal.jsonl")) return found.size > 0;
  return (await readFile(path, "utf8")).trim().includes("\n");
}

/** The names of a list that stand for something in a folder. */
async function filledOf(path: string, list: readonly string[]): Promise<string[]> {
  const names = (await namesIn(path)).filter((name) => isListed(name, list)).sort();
  const filled = await Promise.all(names.map((name) => isFilled(join(path, name))));
  return names.filter((_, i) => filled[i]);
}

/**
 * The rule about another command's run: what it has left is never replaced.
 * @throws {UsageError} naming that command and what it has left; a record alone may go
 */
export async function refuseOthersRun(
  path: string,
  old: Pick<RunRecord, "command" | "files">,
  command: string,
): Promise<void> {
  if (old.command === command) return;
  const left = await filledOf(
    path,
    old.files.filter((name) => name !== RUN_FILE),
  );
  if (left.length === 0) return;
  const some = left.length > 3 ? [...left.slice(0, 3), "…"] : left;
  throw new UsageError(
    `${path} holds what \`deepgrain ${old.command}\` wrote (${some.join(", ")}), which \`deepgrain ${command}\` never replaces: take another --out`,
  );
}

const hasWork = async (path: string, { work }: Pick<RunRecord, "work">): Promise<boolean> =>
  (await filledOf(path, work)).length > 0;

/** Deletes what a run would go on from. What else is in its folder of checkpoints stays. */
async function removeState(path: string, { fresh }: Pick<RunRecord, "fresh">): Promise<void> {
  for (const name of await namesIn(path)) {
    if (!isListed(name, fresh)) continue;
    const one = join(path, name);
    if (name === "checkpoints") {
      const { listCheckpoints } = await import("@deepgrain/trainer"); // with the engine, which help does without
      for (const { path } of await listCheckpoints(one)) await removeFolder(path);
    } else if ((await lstat(one)).isDirectory()) await removeFolder(one);
    else await disk.rm(one);
  }
}

/**
 * The state of a folder that a command would claim; nothing is changed.
 * @throws {UsageError} as {@link claimFolder}
 */
export async function checkClaim(
  path: string,
  { resume, overwrite, changeable = [], ...run }: ClaimOptions,
  { flagNames }: Pick<ClaimCall, "flagNames">,
): Promise<{ old: RunRecord | undefined; before: string[]; resumes: boolean }> {
  if (resume && overwrite) throw new UsageError("give either --resume or --overwrite");
  const old = await readRunRecord(path);
  const before = await namesIn(path);
  const listed = old?.files ?? [];
  const foreign = before.find((name) => isListed(name, run.files) && !isListed(name, listed));
  if (foreign !== undefined)
    throw new UsageError(
      `${path} holds ${foreign}, but no ${RUN_FILE} that lists it: take another --out`,
    );
  const isBegun = old !== undefined && (await hasWork(path, old));
  if (old && !(isBegun && resume)) await refuseOthersRun(path, old, run.command);
  if (isBegun && !resume && !overwrite) {
    const used = before.filter((name) => isListed(name, old.work)).sort();
    throw new UsageError(
      `${path} was used before (it holds ${used.join(", ")}); go on with --resume, begin anew with --overwrite, or take another --out`,
    );
  }
  const resumes = isBegun && resume;
  if (resumes) refuseDifferences(path, old, run, { changeable, flagNames });
  return { old, before, resumes };
}

/**
 * The one rule for folders that commands write into: a file that no record there lists is never replaced, read or
 * appended to; one that is listed only by the same command with `resume` or `overwrite`, unless that run failed before its
 * first step.
 * Call it with the folder locked, once flags and inputs are checked, before anything is written there.
 *
 * @throws {UsageError} that names the file, or each setting that differs with its old and its new value; nothing has been
 *   written then
 */
export async function claimFolder(
  path: string,
  options: ClaimOptions,
  call: ClaimCall,
): Promise<Claim> {
  const { resume: _, overwrite: __, changeable: ___, ...run } = options;
  await removeLeftovers(path);
  const { old, before, resumes } = await checkClaim(path, options, call);
  const threads = await call.threads?.();
  const record: RunRecord = { version: 3, flags: call.flags, ...run, threads };
  if (old && !resumes) await removeState(path, old);
  await saveJson(join(path, RUN_FILE), record);
  let hasBegun = resumes;
  return {
    begin() {
      hasBegun = true;
    },
    async abandon() {
      if (hasBegun || (await hasWork(path, record))) return;
      for (const name of await namesIn(path))
        if (isListed(name, [...run.files, RUN_FILE]) && !before.includes(name))
          await disk.rmTree(join(path, name));
    },
    isKept: () => existsSync(join(path, RUN_FILE)),
  };
}

/**
 * Does some work that claims folders; if it fails before it has begun in one, that folder is left as it was.
 * @param onFailure gets the error and the claims, after that; throws what is to be thrown instead
 */
export async function withClaims<T>(
  call: ClaimCall,
  work: (claim: (path: string, options: ClaimOptions) => Promise<Claim>) => Promise<T>,
  onFailure: (error: unknown, claims: readonly Claim[]) => void,
): Promise<T> {
  const claims: Claim[] = [];
  try {
    return await work(async (path, options) => {
      const claim = await claimFolder(path, options, call);
      claims.push(claim);
      return claim;
    });
  } catch (error) {
    for (const claim of claims) await claim.abandon();
    onFailure(error, claims);
    throw error;
  }
}
