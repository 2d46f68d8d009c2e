import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { assertReplaceable, replaceModel } from "@deepgrain/command-line/runs/replace-model";
import { loadAdapted } from "@deepgrain/command-line/trainings/load-adapted";
import { putAdapter } from "@deepgrain/esft";
import {
  assertGguf,
  type CausalLM,
  copyTokenizer,
  llama2cTokenizerJson,
  loadLlama2c,
  readTokenizer,
  saveGguf,
  saveModel,
  saveTokenizer,
  tokenizerConfig,
} from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { readLlama2cTokenizer } from "@deepgrain/tensor-gpu";
import type { convertFlags } from "./flags";

type Flags = Values<typeof convertFlags>;
type FloatDtype = "F32" | "F16" | "BF16";

/** Types that only GGUF files have. */
const blockTypes: readonly Flags["dtype"][] = ["q8_0", "q5_0", "q4_0", "auto"];

const isFolder = async (path: string) => (await stat(path)).isDirectory();

/** A llama2.c tokenizer as a Hugging Face one. */
async function llama2cTokenizer(source: string, model: CausalLM) {
  const tokenizer = llama2cTokenizerJson(await readLlama2cTokenizer(source));
  const roles = { bosToken: "<s>", eosToken: "</s>", unkToken: "<unk>" };
  const modelMaxLength = model.config.maxPositionEmbeddings;
  return { tokenizer, config: tokenizerConfig(tokenizer, { ...roles, modelMaxLength }) };
}

/** The tokenizer of a model folder, if it has one. */
const tokenizerIn = (folder: string) =>
  existsSync(join(folder, "tokenizer.json")) ? readTokenizer(folder) : undefined;

/** @throws {UsageError} for flags that do not go together */
async function assertTogether({ source, tokenizer, to, dtype, maxShardMb }: Flags): Promise<void> {
  if (tokenizer !== undefined && (await isFolder(source)))
    throw new UsageError("--tokenizer goes with a llama2.c file; a folder's tokenizer is copied");
  if (blockTypes.includes(dtype) && to !== "gguf")
    throw new UsageError(`--dtype ${dtype} needs --to gguf`);
  if (maxShardMb !== undefined && to === "gguf")
    throw new UsageError("--max-shard-mb splits safetensors; --to gguf writes one file");
}

/** `convert`. */
export const convert: RunCommand<typeof convertFlags> = async (values, context) => {
  const { source, tokenizer, adapter, to, out, overwrite, maxShardMb, dryRun, json } = values;
  const { write, signal, resolve } = context;
  await assertTogether(values);
  const fromFolder = await isFolder(source);
  const inputs = [source, tokenizer, adapter].filter((path) => path !== undefined);
  const target = { out, overwrite, command: "convert", inputs };
  await assertReplaceable(target); // now, not after minutes of work
  const type = values.dtype;
  const dtype = type === "auto" ? type : (type.toUpperCase() as Uppercase<typeof type>);
  const held = type === "auto" && adapter === undefined ? "auto" : "float32";
  const model = fromFolder
    ? (await loadAdapted(source, { adapter, dtype: held, resolve, signal })).model
    : await loadLlama2c(source, { signal });
  if (!fromFolder && adapter !== undefined) await putAdapter(model, adapter, { signal });
  const ownTokenizer =
    tokenizer === undefined ? undefined : await llama2cTokenizer(tokenizer, model);
  const files = (fromFolder ? await tokenizerIn(source) : ownTokenizer) ?? null;
  const parameters = [...model.weightViews.values()].reduce((n, weight) => n + weight.size, 0);
  const file = to === "gguf" ? join(out, "model.gguf") : out;
  if (dryRun) {
    if (to === "gguf") await assertGguf(model, files);
    if (json) return write(`${JSON.stringify({ out: file, parameters, dtype, dryRun })}\n`);
    return write(`Dry run: nothing is written. ${file} can be written: ${parameters} parameters\n`);
  }
  await replaceModel(target, async (path) => {
    if (to === "gguf") {
      const options = { type: dtype, name: basename(out), signal };
      return saveGguf(join(path, "model.gguf"), model, files, options);
    }
    const maxShardSizeBytes = maxShardMb === undefined ? undefined : maxShardMb * 1e6;
    await saveModel(path, model, { dtype: dtype as FloatDtype, maxShardSizeBytes });
    if (fromFolder) await copyTokenizer(source, path);
    else if (ownTokenizer) await saveTokenizer(path, ownTokenizer);
  });
  if (json) write(`${JSON.stringify({ out: file, parameters, dtype })}\n`);
  else write(`${file}\n`);
};
