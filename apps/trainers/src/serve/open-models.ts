import { fimPrompt, type Sentinels, sentinels } from "@deepgrain/coder";
import { modelNames } from "@deepgrain/command-line/flags/hub-name";
import {
  isEmbeddingFolder,
  isEncoderFolder,
  loadEncoder,
  loadModel,
  loadTokenizer,
  type Tokenizer,
} from "@deepgrain/lm";
import type { ServedModel } from "@deepgrain/serve";
import { threadsPerWorker } from "@deepgrain/studies/shared/one-thread-backend";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { getBackend } from "@deepgrain/tensor-gpu";
import type { GenerationStart } from "./generation-thread";
import { startGeneration } from "./start-generation";
import { startPromptEncoder } from "./start-prompt-encoder";

/** Models by their names, and how they are let go. */
export interface OpenModels {
  models: Record<string, ServedModel>;
  stop(): Promise<void>;
}

/** How the models are opened. */
export interface OpenModelsOptions {
  /** Further names, as `NAME=MODEL`. */
  aliases: readonly string[];
  /** The form in which the models call tools; by default that of their templates. */
  toolFormat: ServedModel["toolFormat"];
  generation: Omit<GenerationStart, "folder" | "port" | "engineThreads">;
}

/** Writes prompts with holes in the sentinels that a tokenizer has; undefined if it has those of no family. */
function fimOf({ tokenToId }: Tokenizer): ServedModel["fim"] {
  const family = Object.values<Sentinels>(sentinels).find(({ begin, hole, end }) =>
    [begin, hole, end].every((mark) => tokenToId(mark) !== undefined),
  );
  return family && ((parts) => fimPrompt({ ...parts, family }));
}

/** The parts of a served folder beside its tokenizer. */
interface Own {
  model: Omit<ServedModel, "tokenizer" | "promptEncoder">;
  stop?(): Promise<void>;
}

async function openEncoder(folder: string): Promise<Own> {
  return { model: { encoder: (await loadEncoder(folder)).eval() } };
}

/** A decoder that makes vectors, as its folder says. */
async function openEmbedder(
  folder: string,
  { dtype }: OpenModelsOptions["generation"],
): Promise<Own> {
  return { model: { encoder: (await loadModel(folder, { dtype })).eval() } };
}

async function openLanguageModel(
  folder: string,
  tokenizer: Tokenizer,
  generation: Omit<GenerationStart, "folder" | "port">,
): Promise<Own> {
  const { batcher, contextLength, dtype, scheme, stop } = await startGeneration({
    ...generation,
    folder,
  });
  const watermark = scheme === undefined ? undefined : { profile: { scheme } };
  const fim = fimOf(tokenizer);
  return { model: { batcher, contextLength, dtype, watermark, fim }, stop };
}

/** The parts of a folder: of an encoder, a decoder that makes vectors, or a language model. */
async function openOwn(
  folder: string,
  tokenizer: Tokenizer,
  generation: Omit<GenerationStart, "folder" | "port">,
): Promise<Own> {
  if (await isEncoderFolder(folder)) return openEncoder(folder);
  if (await isEmbeddingFolder(folder)) return openEmbedder(folder, generation);
  return openLanguageModel(folder, tokenizer, generation);
}

/**
 * The folder of each name: that of the folder itself, and its aliases.
 * @throws {UsageError} for a model given twice, an alias that is another model's name, and aliases of unknown models
 */
function foldersByName(
  folders: readonly string[],
  aliases: readonly string[],
): Map<string, string> {
  const found = new Map<string, string>();
  const put = (name: string, folder: string) => {
    if (found.has(name)) throw new UsageError(`two models are named ${name}`);
    found.set(name, folder);
  };
  for (const [at, name] of modelNames(folders).entries()) put(name, folders[at]!);
  const own = [...found.keys()].join(", ");
  for (const alias of aliases) {
    const [, name, of] = /^([^=]+)=(.+)$/.exec(alias) ?? [];
    const folder = found.get(of ?? "");
    if (name === undefined || folder === undefined)
      throw new UsageError(`--alias must be NAME=MODEL with one of ${own}, got "${alias}"`);
    put(name, folder);
  }
  return found;
}

/** Threads of the engine of each of several models, which share out this machine's; undefined where a model has all of them. */
export const threadsOfEach = (models: number): number | undefined =>
  models > 1 && getBackend().name === "wasm" ? threadsPerWorker(models) : undefined;

/**
 * Opens folders: language models on threads of their own, where several share out the engine's threads, encoders and decoders that make vectors in this one; tokenizers in this
 * one, and on threads of their own to encode.
 * @throws {UsageError} for two models of one name and for aliases of unknown models; {LmError} as `loadModel`
 */
export async function openModels(
  folders: readonly string[],
  { aliases, toolFormat, generation }: OpenModelsOptions,
): Promise<OpenModels> {
  const names = foldersByName(folders, aliases);
  const start = { ...generation, engineThreads: threadsOfEach(folders.length) };
  const opened = new Map<string, ServedModel>();
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops) await one();
  };
  try {
    for (const folder of folders) {
      const tokenizer = await loadTokenizer(folder);
      const prompts = await startPromptEncoder(folder);
      stops.push(prompts.stop);
      const own = await openOwn(folder, tokenizer, start);
      if (own.stop) stops.push(own.stop);
      opened.set(folder, { ...own.model, toolFormat, tokenizer, promptEncoder: prompts.encoder });
    }
    const models = Array.from(names, ([name, folder]) => [name, opened.get(folder)!] as const);
    return { models: Object.fromEntries(models), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
