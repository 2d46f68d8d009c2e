import {
  type EncodedChat,
  loadConfig,
  loadModel,
  modelBytes,
  type StreamedModel,
  streamModel,
} from "@deepgrain/lm";
import { EsftError, listOf, optionsOf, refuseUnknown, textOf } from "../errors";
import type { ExpertScores } from "./expert-scores";
import { type ScoreBatchesOptions, scoreBatches } from "./score-batches";
import { scoreBlocks } from "./score-blocks";

/** The bytes that one WebAssembly memory can address. */
const LIMIT_BYTES = 4 * 2 ** 30;

/** A conversation as a batch: its last tokens, where it is longer than the model reads. */
const batchOf = ({ inputIds }: EncodedChat, longest: number) => {
  const ids = inputIds.slice(-longest);
  return { ids, batch: 1, length: ids.length };
};

/** Passes all samples through one block after the other. */
async function scoreByLayer(
  model: StreamedModel,
  all: readonly EncodedChat[],
  {
    onLayer,
    ...options
  }: Omit<ScoreBatchesOptions, "onTokens" | "padTokenId"> & {
    onLayer?: ((done: number, layers: number) => void) | undefined;
  },
) {
  const { signal } = options;
  const { maxPositionEmbeddings, numHiddenLayers: blocks } = model.config;
  let samples = 0;
  let tokens = 0;
  async function* embedded() {
    for (const sample of all) {
      samples++;
      yield model.embed(batchOf(sample, maxPositionEmbeddings), { signal });
    }
  }
  const events = scoreBlocks(embedded(), { blocks, openBlock: model.openBlock, ...options });
  for (;;) {
    const { done, value } = await events.next();
    if (done) return { scores: value, samples, tokens };
    if (value.type !== "layer-end") continue;
    ({ tokens } = value);
    onLayer?.(value.layersDone, blocks);
  }
}

/**
 * Scores the experts of a model folder on conversations, one at a time: with the complete model in memory, or with one of its
 * layers, where all do not fit.
 *
 * @param folder path or address of a model in Hugging Face's layout
 * @param samples as `encodeChat` gives them, in the order in which they should be drawn
 * @param options.byLayer holds one layer in memory at a time, as float32. Default: for weights of more than 4 GiB
 * @param options.dtype of the complete model's weights, as for `loadModel`. Default `"float32"`
 * @param options.onTokens called with the number of tokens read; not by layer
 * @param options.onLayer called with the number of layers done, and of all, by layer
 * @returns the scores, and the numbers of conversations and tokens that they rest on
 * @throws {EsftError} as `scoreExperts` and `scoreBlocks`; {LmError} as `loadModel`; the signal's reason on abort
 */
export async function scoreFolder(
  folder: string,
  samples: readonly EncodedChat[],
  options: Omit<ScoreBatchesOptions, "padTokenId"> & {
    byLayer?: boolean | undefined;
    dtype?: "auto" | "float32" | "bfloat16" | "int8" | "q4_0" | undefined;
    onLayer?: ((done: number, layers: number) => void) | undefined;
  } = {},
): Promise<{ scores: ExpertScores; samples: number; tokens: number }> {
  const {
    byLayer,
    dtype = "float32",
    onLayer,
    onTokens,
    ...own
  } = optionsOf("scoreFolder", options);
  const { nSampleTokens, average, keepsScale, record, signal, ...rest } = own;
  refuseUnknown("scoreFolder", rest);
  textOf("scoreFolder", "folder", folder);
  listOf("scoreFolder", "samples", samples);
  const settings = { nSampleTokens, average, keepsScale, record, signal };
  const held = dtype === "auto" ? "float32" : dtype;
  const isLarge = () => loadConfig(folder).then((own) => modelBytes(own, held) > LIMIT_BYTES);
  if (samples.length === 0)
    throw new EsftError("ERR_MISSING", "esft/scoreFolder: there are no samples");
  if (byLayer ?? (await isLarge())) {
    const model = await streamModel(folder, { signal });
    return scoreByLayer(model, samples, { ...settings, onLayer }).finally(() => model.close());
  }
  const model = await loadModel(folder, { dtype, signal });
  const longest = model.config.maxPositionEmbeddings;
  const batches = samples.map((sample) => batchOf(sample, longest));
  return scoreBatches(model, batches, { ...settings, onTokens }).finally(() => model.dispose());
}
