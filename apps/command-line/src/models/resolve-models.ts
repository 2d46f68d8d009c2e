import { readdir } from "node:fs/promises";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { CliContext } from "../commands/context";
import { plainProblem } from "../errors/word-error";
import type { Flag, Flags } from "../flags/flags";
import { isHubName } from "../flags/hub-name";
import { spelling } from "../flags/spelling";

type Values = Readonly<Record<string, unknown>>;
type Parts = NonNullable<Flag["hub"]>;

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

async function download(
  source: string,
  parts: Parts,
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

/** The GGUF file that a path stands for. @throws {UsageError} for a folder with several */
async function ggufAt(path: string, parts: Parts, spelled: string): Promise<string | undefined> {
  const { ggufSource, LmError } = await import("@deepgrain/lm");
  try {
    return (await ggufSource(path, parts.includes("model") ? "model" : "tokenizer")) as string;
  } catch (error) {
    if (!LmError.isInstance(error)) throw error;
    throw new UsageError(`${spelled}: ${plainProblem(error)}`, { cause: error });
  }
}

/** @throws {UsageError} for a GGUF file whose weights are packed, before any is read */
async function assertTrains(path: string, spelled: string): Promise<void> {
  const { openGguf } = await import("@deepgrain/tensor-gpu");
  const file = await openGguf(path);
  const types = new Set(file.names.map((name) => file.info(name).dtype));
  await file.close();
  const packed = [...types].filter((type) => !["F32", "F16", "BF16"].includes(type));
  if (packed.length > 0)
    throw new UsageError(
      `${spelled}: ${path} holds weights packed as ${packed.sort().join(", ")}, which are not trained; make a folder of it with \`deepgrain convert ${path} --out DIR\`, and train that`,
    );
}

/** Says which files of a folder with both kinds are read. */
async function tellBoth(folder: string, { progress }: CliContext): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const gguf = names.filter((name) => /\.gguf$/i.test(name));
  if (gguf.length > 0 && names.some((name) => name.endsWith(".safetensors")))
    progress.note(`${folder}: the safetensors are read, ${gguf.slice(0, 3).join(", ")} is not`);
}

/** The folder or GGUF file that loaders read for one value. */
async function resolved(
  value: string,
  flag: Flag,
  spelled: string,
  context: CliContext,
): Promise<string> {
  const parts = flag.hub!;
  const path = isHubName(value) ? await download(value, parts, context) : value;
  if (flag.words?.includes(value) || !parts.includes("tokenizer")) return path;
  const gguf = await ggufAt(path, parts, spelled);
  if (gguf === undefined && path === value && parts.includes("model"))
    await tellBoth(path, context);
  if (gguf !== undefined && flag.trains) await assertTrains(gguf, spelled);
  return gguf ?? path;
}

/**
 * The values of a command's flags, in which every model, tokenizer and adapter is what the loaders read: a folder or a GGUF
 * file. Repositories of the Hugging Face hub are downloaded, each with a progress line; a folder whose only model is a GGUF
 * file stands for that.
 *
 * @throws {LmError} as `hubFolder`
 * @throws {UsageError} for a folder with several GGUF files and no safetensors; for packed weights where they are trained
 */
export async function resolveModels(
  flags: Flags,
  values: Values,
  context: CliContext,
): Promise<Values> {
  const found: Record<string, unknown> = { ...values };
  for (const [name, flag] of Object.entries(flags)) {
    const value = values[name];
    if (flag.hub === undefined || value === undefined) continue;
    const all: string[] = [];
    for (const one of [value].flat() as string[])
      all.push(await resolved(one, flag, spelling(name, flag), context));
    found[name] = Array.isArray(value) ? all : all[0];
  }
  return found;
}
