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
import { openGguf, readLlama2cTokenizer } from "@deepgrain/tensor-gpu";
import type { convertFlags } from "./flags";

type Flags = Values<typeof convertFlags>;
type TokenizerFiles = Awaited<ReturnType<typeof readTokenizer>>;
type FloatDtype = "F32" | "F16" | "BF16";

/** Types that only GGUF files have. */
const blockTypes: readonly Flags["dtype"][] = ["q8_0", "q5_0", "q4_0", "auto"];

/** The source of a conversion. */
type Kind = "folder" | "gguf" | "llama2c";

async function kindOf(path: string): Promise<Kind> {
  if ((await stat(path)).isDirectory()) return "folder";
  return /\.gguf$/i.test(path) ? "gguf" : "llama2c";
}

/** A llama2.c tokenizer as a Hugging Face one. */
async function llama2cTokenizer(source: string, model: CausalLM) {
  const tokenizer = llama2cTokenizerJson(await readLlama2cTokenizer(source));
  const roles = { bosToken: "<s>", eosToken: "</s>", unkToken: "<unk>" };
  const modelMaxLength = model.config.maxPositionEmbeddings;
  return { tokenizer, config: tokenizerConfig(tokenizer, { ...roles, modelMaxLength }) };
}

/** The tokenizer of a model folder or of a GGUF file, if it has one. */
async function tokenizerIn(source: string, kind: Kind): Promise<TokenizerFiles | undefined> {
  if (kind === "folder" && !existsSync(join(source, "tokenizer.json"))) return undefined;
  if (kind === "folder") return readTokenizer(source);
  const file = await openGguf(source);
  const hasTokenizer = file.values.has("tokenizer.ggml.tokens");
  await file.close();
  return hasTokenizer ? readTokenizer(source) : undefined;
}

/** @throws {UsageError} for flags that do not go together */
async function assertTogether({ source, tokenizer, to, dtype, maxShardMb }: Flags): Promise<void> {
  if (tokenizer !== undefined && (await kindOf(source)) !== "llama2c")
    throw new UsageError(
      "--tokenizer goes with a llama2.c file; the tokenizer of a folder or of a GGUF file is copied",
    );
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
  const kind = await kindOf(source);
  const inputs = [source, tokenizer, adapter].filter((path) => path !== undefined);
  const target = { out, overwrite, command: "convert", inputs };
  await assertReplaceable(target); // now, not after minutes of work
  const type = values.dtype;
  const dtype = type === "auto" ? type : (type.toUpperCase() as Uppercase<typeof type>);
  const held = type === "auto" && adapter === undefined ? "auto" : "float32";
  const isOwn = kind !== "llama2c";
  const model = isOwn
    ? (await loadAdapted(source, { adapter, dtype: held, resolve, signal })).model
    : await loadLlama2c(source, { signal });
  if (!isOwn && adapter !== undefined) await putAdapter(model, adapter, { signal });
  const ownTokenizer =
    tokenizer === undefined ? undefined : await llama2cTokenizer(tokenizer, model);
  const files = (isOwn ? await tokenizerIn(source, kind) : ownTokenizer) ?? null;
  const parameters = [...model.weightViews.values()].reduce((n, weight) => n + weight.size, 0);
  const file = to === "gguf" ? join(out, "model.gguf") : out;
  if (dryRun) {
    if (to === "gguf") await assertGguf(model, files);
    if (json) return write(`${JSON.stringify({ out: file, parameters, dtype, dryRun })}\n`);
    return write(`Dry run: nothing is written. ${file} can be written: ${parameters} parameters\n`);
  }
  await replaceModel(target, async (path) => {
    if (to === "gguf") {
      const isCopy = kind === "gguf" && held === "auto";
      const blocksOf = isCopy ? await openGguf(source, { signal }) : undefined;
      const options = { type: dtype, blocksOf, name: basename(out), signal };
      try {
        return await saveGguf(join(path, "model.gguf"), model, files, options);
      } finally {
        await blocksOf?.close();
      }
    }
    const maxShardSizeBytes = maxShardMb === undefined ? undefined : maxShardMb * 1e6;
    await saveModel(path, model, { dtype: dtype as FloatDtype, maxShardSizeBytes });
    if (kind === "folder") await copyTokenizer(source, path);
    else if (files) await saveTokenizer(path, files as Parameters<typeof saveTokenizer>[1]);
  });
  if (json) write(`${JSON.stringify({ out: file, parameters, dtype })}\n`);
  else write(`${file}\n`);
};
