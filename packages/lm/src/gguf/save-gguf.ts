import { takeTurn } from "@deepgrain/support";
import {
  type Chunks,
  type FileHandle,
  FilesError,
  outputPlace,
  writeFileAtomic,
} from "@deepgrain/support/files";
import type { GgufFile } from "@deepgrain/tensor-gpu";
import { having, LmError, oneOf, optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { Tokenizer } from "../tokenizer/create-tokenizer";
import type { TokenizerFiles } from "../tokenizer/tokenizer-files";
import { withBlocksOf } from "./copied-blocks";
import { elementBytes, encodeElements, ggufHead, paddingAfter } from "./encode-gguf";
import { type GgufPlan, planGguf, type WrittenType } from "./gguf-plan";

async function* fileChunks(
  { values, tensors }: GgufPlan,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  yield ggufHead(values, tensors);
  for (const tensor of tensors) {
    await takeTurn();
    signal?.throwIfAborted();
    yield (await tensor.bytes?.()) ?? encodeElements(tensor, await tensor.read());
    yield paddingAfter(elementBytes(tensor));
  }
}

async function writeTo(file: string | FileHandle, chunks: Chunks): Promise<void> {
  if (typeof file === "string") {
    const { kind, path } = await outputPlace(file);
    if (kind === "file") return writeFileAtomic(path, chunks);
    throw new FilesError("ERR_IO", `files: cannot write ${file}: it must be a plain file`);
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk as Uint8Array));
  const stream = await file.createWritable();
  await stream.write(new Blob(parts));
  await stream.close();
}

const writtenTypes: readonly WrittenType[] = ["auto", "F32", "F16", "BF16", "Q8_0", "Q5_0", "Q4_0"];

/** Options of `saveGguf`. */
export interface SaveGgufOptions {
  /**
   * Type of the matrices; Q8_0, Q5_0 and Q4_0 are rounded as GGML's reference does. Default "auto": each as it is held, blocks
   * that `loadModel` kept bit for bit as they were read. Vectors and routers stay in float32.
   */
  type?: WrittenType | undefined;
  /**
   * The open GGUF file that the model was read from and is unchanged since: its blocks of any type are copied bit for bit, those
   * that `loadModel` rounded, too. With type "auto" only.
   */
  blocksOf?: GgufFile | undefined;
  /** The model's name in the file (`general.name`). Default: its family's. */
  name?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Writes a model and its tokenizer as a GGUF file, which llama.cpp, Ollama and node-llama-cpp run: dense Llama, Qwen 2 and
 * 3, Mistral, Gemma 2 and 3, Phi-3, OLMo 2, and the mixtures of Mixtral, Qwen and DeepSeek. Tensors are written one at a
 * time, and the file appears whole or not at all.
 *
 * @param file path (Node), or the handle of a file in a page
 * @param tokenizer as `loadTokenizer` or `createTokenizer` returns it, or the content of its files; the chat template is
 *   included. null: none
 * @throws {LmError} `ERR_CONFIG` for a family or a setting that llama.cpp does not have, and for a tokenizer whose
 *   splitting pattern has no name there; `ERR_ARGUMENT` for what is no model or no tokenizer; `ERR_RANGE` naming a tensor
 *   with numbers that the type cannot hold; `ERR_IO`
 * @see the GGUF specification of ggml, docs/gguf.md
 */
export async function saveGguf(
  file: string | FileHandle,
  model: CausalLM,
  tokenizer: Tokenizer | TokenizerFiles | null,
  options: SaveGgufOptions = {},
): Promise<void> {
  const { type = "auto", blocksOf, name, signal, ...rest } = optionsOf("saveGguf", options);
  refuseUnknown("saveGguf", rest);
  oneOf("saveGguf", "type", type, writtenTypes);
  if (blocksOf !== undefined) having("saveGguf", "blocksOf", blocksOf, "readRaw", "values");
  if (blocksOf !== undefined && type !== "auto")
    throw new LmError("ERR_ARGUMENT", `lm/saveGguf: blocksOf goes with type auto, got ${type}`);
  const own = await planGguf(model, tokenizer, { type, name });
  const plan = blocksOf === undefined ? own : withBlocksOf(own, blocksOf);
  try {
    await writeTo(file, fileChunks(plan, signal));
  } catch (error) {
    if (!FilesError.isInstance(error)) throw error;
    throw new LmError("ERR_IO", `lm/saveGguf: ${error.message}`, { cause: error });
  }
}

/**
 * Checks that {@link saveGguf} can write a model, before it is trained: its family, its settings and its tokenizer.
 * Nothing is written.
 *
 * @param tokenizer as in `saveGguf`
 * @throws {LmError} as `saveGguf`, but for numbers that a type cannot hold and for files
 */
export async function assertGguf(
  model: CausalLM,
  tokenizer: Tokenizer | TokenizerFiles | null,
): Promise<void> {
  await planGguf(model, tokenizer, { type: "F32", name: undefined });
}
