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
import { readLlama2cTokenizer, type WriteSafetensorsOptions } from "@deepgrain/tensor-gpu";
import { defineCliCommand } from "../cli/define-command";
import { numberFlag } from "../cli/number-flag";
import { UsageError } from "../cli/usage-error";
import { copyTokenizer } from "../formats/copy-tokenizer";
import { assertReplaceable, replaceModel } from "../store/replace-model";
import { modelOutArg } from "./model-out-arg";

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

export const convert = defineCliCommand({
  name: "convert",
  description: "Turns a llama2.c checkpoint into a Hugging Face folder, or rewrites such a folder.",
  examples: [
    "convert stories260K.bin --tokenizer tok512.bin --out stories260K",
    "convert runs/first/base --dtype bf16 --out first-bf16",
  ],
  args: {
    source: {
      type: "positional",
      required: true,
      description: "llama2.c .bin file, or a Hugging Face folder",
    },
    tokenizer: {
      type: "string",
      valueHint: "file",
      description: "llama2.c tokenizer .bin file; a folder's tokenizer is copied",
    },
    out: modelOutArg,
    dtype: {
      type: "enum",
      options: ["f32", "f16", "bf16"],
      default: "f32",
      description: "Stored type",
    },
    "max-shard-mb": {
      type: "string",
      description: "Split the weights into files of at most so many MB",
    },
    json: { type: "boolean", description: "The result as JSON" },
  },
  async run(args, { resolve, write, signal }) {
    const [source, out] = [resolve(args.source), resolve(args.out)];
    const shard = numberFlag("max-shard-mb", args["max-shard-mb"], { min: 1 });
    const fromFolder = await isFolder(source);
    if (fromFolder && args.tokenizer !== undefined)
      throw new UsageError("--tokenizer goes with a llama2.c file; a folder's tokenizer is copied");
    const tokenizer = args.tokenizer === undefined ? undefined : resolve(args.tokenizer);
    const inputs = tokenizer === undefined ? [source] : [source, tokenizer];
    await assertReplaceable(out, inputs); // now, not after minutes of work
    const model = await (fromFolder
      ? loadModel(source, { signal })
      : loadLlama2c(source, { signal }));
    const options: WriteSafetensorsOptions = {
      dtype: args.dtype.toUpperCase() as "F32" | "F16" | "BF16",
      ...(shard === undefined ? {} : { maxShardSizeBytes: shard * 1e6 }),
    };
    await replaceModel(out, inputs, async (path) => {
      await saveModel(path, model, options);
      if (fromFolder) await copyTokenizer(source, path);
      else if (tokenizer !== undefined) await convertTokenizer(tokenizer, path, model);
    });
    const parameters = [...model.namedParameters()].reduce((n, [, weight]) => n + weight.size, 0);
    if (args.json) write(`${JSON.stringify({ out, parameters, dtype: options.dtype })}\n`);
    else write(`${out}\n`);
  },
});
