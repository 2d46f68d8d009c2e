import { isAbsolute, relative, sep } from "node:path";

/** A run was interrupted; the message says how far it came and how to go on. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly code = "ERR_INTERRUPTED";
}

/** How far a run has come. */
export interface Reached {
  /** Steps, or other parts of the work, that are done. */
  done: number;
  /** Those of them that are on disk; default `done`. */
  saved?: number | undefined;
  total: number;
  /** Default "step". */
  unit?: string | undefined;
}

/** A path as one would type it: relative where that does not lead upwards, quoted where a shell would take it apart. */
export function typedPath(path: string, resolve: (path: string) => string): string {
  const own = relative(resolve("."), path);
  const short = own === "" ? "." : own;
  const text = isAbsolute(own) || own === ".." || own.startsWith(`..${sep}`) ? path : short;
  return /^[\w./:@=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The message about an interrupted run: "Stopped after step 12 of 400, saved."
 * @param reached undefined before the first step
 * @param goOn the command that goes on; undefined where nothing is kept
 */
export function stoppedText(reached: Reached | undefined, goOn: string | undefined): string {
  if (goOn === undefined) return "Stopped before the first step; nothing is kept.";
  const next = `Go on with: ${goOn}`;
  if (reached === undefined) return `Stopped; what was there is kept. ${next}`;
  const { done, saved = done, total, unit = "step" } = reached;
  const kept = saved === done ? "saved" : saved > 0 ? `${unit} ${saved} is saved` : "none is saved";
  return `Stopped after ${unit} ${done} of ${total}, ${kept}. ${next}`;
}
