import { type ProcessIdentity, thisProcess } from "./process-identity";

/** `tmp`: being written; `old`: a whole folder that waits aside while its successor comes in; `gone`: being deleted. */
export type Ending = "tmp" | "old" | "gone";

/** The parts of a temporary name of our own form. */
export interface OwnName {
  /** Name of the file or folder that it belongs to. */
  target: string;
  owner: ProcessIdentity;
  ending: Ending;
}

const form = /^(.+)\.(\d+)-(\d+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(tmp|old|gone)$/;

/** A name beside `path` that nobody else has: `<path>.<pid>-<start>-<uuid>.<ending>`. */
export function ownName(path: string, ending: Ending): string {
  const { pid, start } = thisProcess();
  return `${path}.${pid}-${start}-${globalThis.crypto.randomUUID()}.${ending}`;
}

/** Reads a name of our own form; undefined for every other name, however similar. */
export function parseOwnName(name: string): OwnName | undefined {
  const [, target, pid, start, ending] = form.exec(name) ?? [];
  if (target === undefined) return undefined;
  return { target, owner: { pid: Number(pid), start: start! }, ending: ending as Ending };
}
