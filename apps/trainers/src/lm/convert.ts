import { stat } from "node:fs/promises";
import {
  type CausalLM,
  copyTokenizer,
  llama2cTokenizerJson,
  loadLlama2c,
  loadModel,
  saveModel,
  saveTokenizer,
  tokenizerConfig,
} from "@deepgrain/lm";
import { readLlama2cTokenizer, type WriteSafetensorsOptions } from "@deepgrain/tensor-gpu";
import type { CommandContext } from "../cli/context";
import type { Values } from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { assertReplaceable, replaceModel } from "../store/replace-model";
import type { convertFlags } from "./flags";

const isFolder = async (path: string) => (await stat(path)).isDirectory();

/** Writes a llama2.c tokenizer as a Hugging Face one. */
async function convertTokenizer(source: string, out: string, model: CausalLM): Promise<void> {
  const tokenizer = llama2cTokenizerJson(await readLlama2cTokenizer(source));
  const roles = { bosToken: "<s>", eosToken: "</s>", unkToken: "<unk>" };
  const modelMaxLength = model.config.maxPositionEmbeddings;
  await saveTokenizer(out, {
    tokenizer,
    config: tokenizerConfig(tokenizer, { ...roles, modelMaxLength }),
  });
}

/** `convert`. */
export async function convert(
  { source, tokenizer, out, overwrite, dtype, maxShardMb, json }: Values<typeof convertFlags>,
  { write, signal }: CommandContext,
): Promise<void> {
  const fromFolder = await isFolder(source);
  if (fromFolder && tokenizer !== undefined)
    throw new UsageError("--tokenizer goes with a llama2.c file; a folder's tokenizer is copied");
  const inputs = tokenizer === undefined ? [source] : [source, tokenizer];
  const target = { out, overwrite, command: "convert", inputs };
  await assertReplaceable(target); // now, not after minutes of work
  const model = await (fromFolder
    ? loadModel(source, { signal })
    : loadLlama2c(source, { signal }));
  const options: WriteSafetensorsOptions = {
    dtype: dtype.toUpperCase() as "F32" | "F16" | "BF16",
    maxShardSizeBytes: maxShardMb === undefined ? undefined : maxShardMb * 1e6,
  };
  await replaceModel(target, async (path) => {
    await saveModel(path, model, options);
    if (fromFolder) await copyTokenizer(source, path);
    else if (tokenizer !== undefined) await convertTokenizer(tokenizer, path, model);
  });
  const parameters = [...model.namedParameters()].reduce((n, [, weight]) => n + weight.size, 0);
  if (json) write(`${JSON.stringify({ out, parameters, dtype: options.dtype })}\n`);
  else write(`${out}\n`);
}
