import {
  type CausalLM,
  createTokenizer,
  describeModel,
  LmError,
  loadModel,
  loadTokenizer,
  readTokenizer,
  saveModel,
  saveTokenizer,
  type Tokenizer,
  type TokenizerFiles,
} from "@deepgrain/lm";
import { getBackend, memory } from "@deepgrain/tensor-gpu";
import { byteTokenizer } from "../models/byte-tokenizer";
import type { ModelFiles } from "../models/folder-files";

/** A model, with what else was in its folder. */
export interface Held {
  model: CausalLM;
  tokenizer: Tokenizer;
  /** Whether its tokenizer knows how conversations are written. */
  isChat: boolean;
  /** The model's files, to keep or to download. */
  files(signal: AbortSignal): Promise<ModelFiles>;
}

/** How a model is opened. */
export interface OpenOptions {
  fetch?: typeof fetch | undefined;
  signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

const isGguf = (name: string) => /\.gguf$/i.test(name);

/** A tokenizer's files; a model of bytes needs none. */
async function tokenizerFiles(
  folder: string | Map<string, Blob>,
  vocabSize: number,
  options: Parameters<typeof readTokenizer>[1],
): Promise<TokenizerFiles> {
  try {
    return await readTokenizer(folder, options);
  } catch (error) {
    if (LmError.isInstance(error) && error.code === "ERR_MISSING" && vocabSize === 256)
      return { tokenizer: byteTokenizer() };
    throw error;
  }
}

function isChat(tokenizer: Tokenizer): boolean {
  try {
    return tokenizer.applyChatTemplate([{ role: "user", content: "a" }]) !== "";
  } catch (error) {
    if (LmError.isInstance(error) && error.code === "ERR_MISSING") return false;
    throw error;
  }
}

/** @throws {Error} if the tokenizer writes tokens that the model does not have */
function assertFit(model: CausalLM, { vocabSize }: Tokenizer): void {
  const { vocabSize: own } = model.config;
  if (vocabSize > own)
    throw new Error(`its tokenizer has ${vocabSize} tokens, its model only ${own}`);
}

/** Matrices stay as compact as their file has them, where the backend can. */
const dtype = () => (getBackend().name === "wasm" ? "auto" : "float32");

/**
 * Opens a model and its tokenizer.
 * @param folder a .gguf file alone in a Map too
 * @throws {LmError} as `loadModel` and `readTokenizer`; {Error} if they do not fit together
 */
export async function openModel(
  folder: string | Map<string, Blob>,
  { fetch, signal, onProgress }: OpenOptions,
): Promise<Held> {
  const options = { fetch, signal, hub: { cache: new Map<string, Blob>() } };
  const model = await loadModel(folder, { ...options, dtype: dtype(), onProgress });
  try {
    model.eval();
    if (folder instanceof Map && !folder.has("config.json") && [...folder.keys()].some(isGguf)) {
      const tokenizer = await loadTokenizer(folder, { signal });
      assertFit(model, tokenizer);
      return { model, tokenizer, isChat: isChat(tokenizer), files: async () => folder };
    }
    const read = await tokenizerFiles(folder, model.config.vocabSize, options);
    const tokenizer = await createTokenizer(read);
    assertFit(model, tokenizer);
    const isCompact = [...model.weightViews.values()].some((view) => view.dtype === "bfloat16");
    return {
      model,
      tokenizer,
      isChat: isChat(tokenizer),
      async files(saving) {
        const files = new Map<string, Blob>();
        await saveModel(files, model, { dtype: isCompact ? "BF16" : "F32", signal: saving });
        await saveTokenizer(files, read as Parameters<typeof saveTokenizer>[1]);
        return files;
      },
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Facts about a model. */
export interface Description {
  family: string;
  layers: number;
  /** Tokens that it can read at a time. */
  positions: number;
  vocabSize: number;
  isChat: boolean;
  /** Weights in its parts, and in all. */
  weights: Record<"embeddings" | "attention" | "experts" | "dense" | "total", number>;
  /** That the engine holds, where that is known. */
  bytes?: number | undefined;
}

/** Describes a model by its configuration. */
export function describe({ model: { config }, isChat: can }: Held): Description {
  const { family, layers, parameters } = describeModel(config, { batchSize: 1, sequenceLength: 1 });
  const { embeddings, attention, routedExperts, sharedExperts, dense, total } = parameters;
  const experts = routedExperts + sharedExperts;
  return {
    family,
    layers,
    positions: config.maxPositionEmbeddings,
    vocabSize: config.vocabSize,
    isChat: can,
    weights: { embeddings, attention, experts, dense, total },
    bytes: memory().bytes,
  };
}
