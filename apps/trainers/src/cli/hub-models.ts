import { existsSync } from "node:fs";
import { relative } from "node:path";
import type { CliContext } from "./context";
import type { Flags } from "./flags";
import { isHubName } from "./hub-name";
import { spelling } from "./spelling";
import { UsageError } from "./usage-error";

type Values = Readonly<Record<string, unknown>>;

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

async function download(
  source: string,
  parts: NonNullable<Flags[string]["hub"]>,
  { progress, signal }: CliContext,
): Promise<string> {
  const { hubFolder } = await import("@deepgrain/lm/hub");
  const task = progress.task(`Downloading ${source}`);
  let total = 0;
  const folder = await hubFolder(source, {
    parts,
    signal,
    onProgress({ file, bytes, totalBytes }) {
      total = totalBytes;
      const amount = `${megabytes(bytes)} of ${megabytes(totalBytes)} MB`;
      task.update(totalBytes === 0 ? 1 : bytes / totalBytes, `${file} · ${amount}`);
    },
  });
  if (total > 0) task.end(`${megabytes(total)} MB`);
  return folder as string; // the cache of Node is a path
}

/** @throws {UsageError} for a folder that does not exist and whose path looks like a repository's name */
function assertNotBare(path: unknown, spelled: string, { resolve }: CliContext): void {
  if (typeof path !== "string" || existsSync(path)) return;
  const typed = relative(resolve("."), path).replaceAll("\\", "/");
  if (/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(typed))
    throw new UsageError(
      `${spelled}: there is no ${typed} here; for that repository of the Hugging Face hub, give hf:${typed}`,
    );
}

/**
 * The values of a command's flags, with repositories of the Hugging Face hub downloaded, each with a progress line, and
 * their folders in the place of their names.
 *
 * @throws {UsageError} for `owner/name` where there is no such folder; {LmError} as `hubFolder`
 */
export async function withHubModels(
  flags: Flags,
  values: Values,
  context: CliContext,
): Promise<Values> {
  const found: Record<string, unknown> = { ...values };
  for (const [name, flag] of Object.entries(flags)) {
    const [value, parts] = [values[name], flag.hub];
    if (parts === undefined) continue;
    const opened = async (one: unknown) => {
      if (isHubName(one)) return download(one, parts, context);
      assertNotBare(one, spelling(name, flag), context);
      return one;
    };
    if (!Array.isArray(value)) found[name] = await opened(value);
    else {
      const folders: unknown[] = [];
      for (const one of value) folders.push(await opened(one));
      found[name] = folders;
    }
  }
  return found;
}
