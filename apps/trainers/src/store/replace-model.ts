import { existsSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { saveFolder } from "@deepgrain/files";
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

/** Whether `inner` is `outer` or lies in it, symbolic links followed. */
async function contains(outer: string, inner: string): Promise<boolean> {
  const way = relative(await followed(outer), await followed(inner));
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/**
 * Refuses to replace a folder unless it is missing, empty, or a model folder of the kind that our commands write.
 *
 * @param inputs what is read for it, which must not lie inside
 * @throws {UsageError} naming what is in the way; nothing was touched
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
 * Writes a model folder in the place of an earlier one: a kill at any moment leaves one of the two.
 *
 * @throws {UsageError} as {@link assertReplaceable}; {FilesError} `ERR_IO`; what `fill` throws
 */
export async function replaceModel(
  out: string,
  inputs: readonly string[],
  fill: (unfinished: string) => Promise<void>,
): Promise<void> {
  await assertReplaceable(out, inputs);
  await saveFolder(out, fill);
}
