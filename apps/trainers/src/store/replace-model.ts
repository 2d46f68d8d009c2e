import { existsSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { saveFolder } from "@deepgrain/support/files";
import { UsageError } from "../cli/usage-error";

/** The files of a model folder as our commands write it. */
const modelFile =
  /^(config\.json|model(-\d{5}-of-\d{5})?\.safetensors|model\.safetensors\.index\.json|tokenizer\.json|tokenizer_config\.json|chat_template\.jinja)$/;

/** The path with symbolic links followed as far as it exists. */
async function followed(path: string): Promise<string> {
  if (existsSync(path)) return realpath(path);
  const parent = dirname(path);
  return parent === path ? path : join(await followed(parent), relative(parent, path));
}

/** Whether `inner` is `outer` or is inside it, symbolic links followed. */
async function contains(outer: string, inner: string): Promise<boolean> {
  const way = relative(await followed(outer), await followed(inner));
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/**
 * Rejects replacing a folder unless it is missing, empty, or a model folder as our commands write it.
 *
 * @param inputs paths of the inputs, which must not be inside it
 * @throws {UsageError} naming the conflicting file; nothing has been changed
 */
export async function assertReplaceable(out: string, inputs: readonly string[]): Promise<void> {
  for (const input of inputs)
    if (await contains(out, input))
      throw new UsageError(`--out must be a folder of its own: ${out} contains the input ${input}`);
  if (!existsSync(out)) return;
  const names = await readdir(out).catch(() => {
    throw new UsageError(`--out must be a folder; ${out} is a file`);
  });
  const foreign = names.find((name) => !modelFile.test(name));
  if (foreign !== undefined)
    throw new UsageError(
      `--out would be replaced, but ${out} holds ${foreign}, which is not a file of a model folder; take another --out`,
    );
  if (names.length > 0 && !names.includes("config.json"))
    throw new UsageError(
      `--out would be replaced, but ${out} has no config.json, so it is not a model folder; take another --out`,
    );
}

/**
 * Replaces an earlier model folder: if the process is killed, one of the two remains.
 *
 * @throws {UsageError} as {@link assertReplaceable}; {FilesError} `ERR_IO`; errors of `fill`
 */
export async function replaceModel(
  out: string,
  inputs: readonly string[],
  fill: (unfinished: string) => Promise<void>,
): Promise<void> {
  await assertReplaceable(out, inputs);
  await saveFolder(out, fill);
}
