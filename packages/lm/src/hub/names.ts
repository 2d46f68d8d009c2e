import { LmError } from "../errors";

/** Whether a text may be an owner's or a repository's name: at most 96 characters, no `..` and no `--`. */
export const isName = (text: string): boolean =>
  /^[A-Za-z0-9][\w.-]{0,95}$/.test(text) && !/\.\.|--|[.-]$|\.git$/.test(text);

/** Whether a text may be a revision, by git's rules for the names of references. */
export const isRevision = (text: string): boolean =>
  /^[\w][\w./+-]{0,254}$/.test(text) && !/\.\.|\/\/|\/\.|[./]$|\.lock(\/|$)/.test(text);

/** Whether a text is a full commit. */
export const isCommit = (text: unknown): text is string =>
  typeof text === "string" && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/** Throws for the name of a repository's file that would lead out of a folder. @throws {LmError} `ERR_ARGUMENT` */
export function assertSafePath(path: string): void {
  const parts = path.split("/");
  const isSafe = parts.every(
    (part) =>
      /^[^\\:*?"<>|]+$/.test(part) && [...part].every((c) => c >= " ") && !/^\.+$/.test(part),
  );
  if (isSafe) return;
  throw new LmError(
    "ERR_ARGUMENT",
    `lm/hub: the name of a file must stay in its folder, got ${JSON.stringify(path.slice(0, 80))}`,
    { fields: { path } },
  );
}
