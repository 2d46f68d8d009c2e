import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type CausalLM,
  createTokenizer,
  llama2cTokenizerJson,
  loadLlama2c,
  loadModel,
  loadTokenizer,
  type Tokenizer,
  tokenizerConfig,
} from "@deepgrain/lm";
import { readLlama2cTokenizer } from "@deepgrain/tensor-gpu";

/** How weights are held in memory. */
type Dtype = "auto" | "float32" | "bfloat16" | "int8" | "q4_0";

/** The llama2.c files of a folder: one checkpoint and one tokenizer whose name begins with "tok". */
async function llama2cFiles(folder: string): Promise<{ model: string; tokenizer: string } | null> {
  const names = await readdir(folder).catch(() => [] as string[]);
  if (names.includes("config.json") || names.includes("tokenizer.json")) return null;
  const bins = names.filter((name) => name.endsWith(".bin"));
  const tokenizers = bins.filter((name) => name.startsWith("tok"));
  const models = bins.filter((name) => !name.startsWith("tok"));
  if (models.length !== 1 || tokenizers.length !== 1) return null;
  return { model: join(folder, models[0]!), tokenizer: join(folder, tokenizers[0]!) };
}

/**
 * The tokenizer of a Hugging Face folder, or of a folder with llama2.c files.
 * @throws {LmError} as `loadTokenizer`
 */
export async function openTokenizer(folder: string): Promise<Tokenizer> {
  const files = await llama2cFiles(folder);
  if (!files) return loadTokenizer(folder);
  const tokenizer = llama2cTokenizerJson(await readLlama2cTokenizer(files.tokenizer));
  const roles = { bosToken: "<s>", eosToken: "</s>", unkToken: "<unk>" };
  return await createTokenizer({ tokenizer, config: tokenizerConfig(tokenizer, roles) });
}

/**
 * The model of a Hugging Face folder, or of a folder with llama2.c files, whose weights stay float32, ready to write.
 * @throws {LmError} as `loadModel`
 */
export async function openModel(
  folder: string,
  signal: AbortSignal,
  dtype?: Dtype,
): Promise<CausalLM> {
  const files = await llama2cFiles(folder);
  const model = await (files
    ? loadLlama2c(files.model, { signal })
    : loadModel(folder, { dtype, signal }));
  return model.eval();
}

/**
 * Opens the model and the tokenizer; a model brings its own tokenizer, unless another one is named or it has none.
 * @throws {LmError} as `loadModel` and `loadTokenizer`
 */
export async function openModelParts(
  given: {
    model: string | undefined;
    tokenizer: string | undefined;
    dtype?: Dtype | undefined;
  },
  signal: AbortSignal,
): Promise<{ model: CausalLM | undefined; tokenizer: Tokenizer | undefined }> {
  const model =
    given.model === undefined ? undefined : await openModel(given.model, signal, given.dtype);
  if (given.tokenizer !== undefined)
    return { model, tokenizer: await openTokenizer(given.tokenizer) };
  if (given.model === undefined) return { model, tokenizer: undefined };
  const tokenizer = await openTokenizer(given.model).catch((error: { code?: string }) => {
    if (error.code === "ERR_MISSING") return undefined;
    throw error;
  });
  return { model, tokenizer };
}
