import type { Flags } from "../flags/flags";
import { isHubName } from "../flags/hub-name";
import type { CliContext } from "./context";

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

/**
 * The values of a command's flags, with repositories of the Hugging Face hub downloaded, each with a progress line, and
 * their folders in the place of their names.
 *
 * @throws {LmError} as `hubFolder`
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
      return isHubName(one) ? download(one, parts, context) : one;
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
