import { stat } from "node:fs/promises";
import {
  type CausalLM,
  llama2cTokenizerJson,
  loadLlama2c,
  loadModel,
  saveModel,
  saveTokenizer,
  tokenizerConfig,
} from "@deepgrain/lm";
import { copyTokenizer } from "@deepgrain/studies/shared/training/copy-tokenizer";
import { readLlama2cTokenizer, type WriteSafetensorsOptions } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { modelOutFlags } from "../run/model-out-flag";
import { assertReplaceable, replaceModel } from "../store/replace-model";

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

export const convert = defineCommand({
  description: "Turns a llama2.c checkpoint into a Hugging Face folder, or rewrites such a folder.",
  examples: [
    "convert stories260K.bin --tokenizer tok512.bin --out stories260K",
    "convert runs/first/base --dtype bf16 --out first-bf16",
  ],
  flags: {
    source: flags.argument(
      flags.file({ required: true, help: "llama2.c .bin file, or a Hugging Face folder" }),
    ),
    tokenizer: flags.file({
      help: "llama2.c tokenizer .bin file; a folder's tokenizer is copied",
    }),
    ...modelOutFlags,
    dtype: flags.choice(["f32", "f16", "bf16"], { default: "f32", help: "Stored type" }),
    maxShardMb: flags.whole({
      min: 1,
      help: "Split the weights into files of at most this many MB",
    }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ source, tokenizer, out, overwrite, dtype, maxShardMb, json }, { write, signal }) {
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
      ...(maxShardMb === undefined ? {} : { maxShardSizeBytes: maxShardMb * 1e6 }),
    };
    await replaceModel(target, async (path) => {
      await saveModel(path, model, options);
      if (fromFolder) await copyTokenizer(source, path);
      else if (tokenizer !== undefined) await convertTokenizer(tokenizer, path, model);
    });
    const parameters = [...model.namedParameters()].reduce((n, [, weight]) => n + weight.size, 0);
    if (json) write(`${JSON.stringify({ out, parameters, dtype: options.dtype })}\n`);
    else write(`${out}\n`);
  },
});
