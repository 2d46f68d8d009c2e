import { existsSync, statSync } from "node:fs";
import { relative } from "node:path";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { STANDARD } from "../files/output-file";
import type { Flag, Flags } from "../flags/flags";
import { isHubName } from "../flags/hub-name";
import { spelling } from "../flags/spelling";
import type { CliContext } from "./context";

type Resolve = Pick<CliContext, "resolve">;

/** @throws {UsageError} unless there is a file or folder at a path that a part of a flag's value names */
export function assertPath(path: string, spelled: string): void {
  if (!existsSync(path)) throw new UsageError(`${spelled}: there is no ${path}`);
}

/** Advice about a path that leads nowhere. */
function adviceFor(path: string, { hub, ifMissing }: Flag, { resolve }: Resolve): string {
  const typed = relative(resolve("."), path).replaceAll("\\", "/");
  if (hub && /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(typed))
    return `; for that repository of the Hugging Face hub, give hf:${typed}`;
  return ifMissing === undefined ? "" : `. ${ifMissing}`;
}

/**
 * @throws {UsageError} unless the path that an input flag names is there, and a folder where one is needed; a GGUF file is a
 *   model, as a folder is
 */
function assertThere(path: string, flag: Flag, spelled: string, context: Resolve): void {
  // Big numbers: see standardStream in write-output.ts of support.
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (!found)
    throw new UsageError(`${spelled}: there is no ${path}${adviceFor(path, flag, context)}`);
  const mayBeGguf = flag.hub?.includes("tokenizer");
  const isKind = found.isDirectory() || (mayBeGguf && /\.gguf$/i.test(path));
  if (flag.reads === "folder" && !isKind)
    throw new UsageError(
      `${spelled}: ${path} is a file, where a folder${mayBeGguf ? " or a GGUF file" : ""} is needed`,
    );
  if (flag.reads === "files" && found.isDirectory())
    throw new UsageError(`${spelled}: ${path} is a folder, where a file is needed`);
}

/** Whether an input is neither a path here nor looked for here: standard input, a repository, an installed text, a word. */
const isElsewhere = (input: string, { reads, words }: Flag, { resolve }: Resolve): boolean =>
  input === STANDARD ||
  isHubName(input) ||
  words?.includes(input) === true ||
  (reads === "files" && resolve(input) !== input);

/**
 * Looks at the inputs that a call names, before anything is done.
 * @throws {UsageError} naming the flag of a file or folder that is missing, or that is the other of the two
 */
export function checkInputs(
  flags: Flags,
  values: Readonly<Record<string, unknown>>,
  context: Resolve,
): void {
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.reads === undefined || flag.mayBeName) continue;
    const { pathOf = (text: string) => text } = flag;
    for (const text of [values[name]].flat()) {
      const input = typeof text === "string" ? pathOf(text) : undefined;
      if (input !== undefined && !isElsewhere(input, flag, context))
        assertThere(input, flag, spelling(name, flag), context);
    }
  }
}
