import { MoeLayer } from "@deepgrain/moe";
import { type NamedTensor, type Tensor, type TensorFile, tidy } from "@deepgrain/tensor-gpu";
import { familyTraits, type ModelConfig, type RotaryModelConfig } from "../config";
import { LmError, optionsOf, refuseUnknown } from "../errors";
import { DecoderBlock, type Rotaries } from "../model/decoder-block";
import { positionsOf } from "../model/positions";
import { rotariesOf } from "../model/rotary";
import type { TokenBatch } from "../model/token-batch";
import { viewsOf } from "../model/weight-views";
import type { Folder } from "../text-files";
import { fillWeights } from "./fill-weights";
import { comparePlan } from "./load-model";
import { type FolderOptions, modelFolder } from "./model-folder";
import { openModel } from "./open-model";
import { blockPlan } from "./weight-plan";

/** One decoder block of a file, the only one in memory. */
export interface OpenBlock {
  /** Its expert layer; null in a dense block. */
  readonly moe: MoeLayer | null;
  /** The residual stream through the block: [batch, seq, hidden] to the same; every token counts. */
  forward(hidden: Tensor): Tensor;
  /** Frees the block's weights. */
  dispose(): void;
}

/** A model in a file; only the requested parts are read. */
export interface StreamedModel {
  readonly config: ModelConfig;
  /** The residual stream before the first block, [batch, length, hidden]; only the rows of these ids are read. */
  embed(tokens: TokenBatch, options?: { signal?: AbortSignal | undefined }): Promise<NamedTensor>;
  /**
   * Reads one block's weights.
   * @throws {LmError} `ERR_MISSING`, `ERR_SHAPE`, `ERR_RANGE` for a block that does not exist
   */
  openBlock(block: number, options?: { signal?: AbortSignal | undefined }): Promise<OpenBlock>;
  close(): Promise<void>;
}

async function embedRows(
  file: TensorFile,
  { vocabSize, hiddenSize }: ModelConfig,
  { ids, batch, length }: TokenBatch,
  signal: AbortSignal | undefined,
): Promise<NamedTensor> {
  const name = "model.embed_tokens.weight";
  const place = comparePlan(file, [[name, [vocabSize, hiddenSize]]]).get(name)!;
  if (ids.length !== batch * length)
    throw new LmError(
      "ERR_SHAPE",
      `lm/streamModel: ids must be ${batch}×${length}, got ${ids.length}`,
    );
  const rows = new Map<number, ArrayLike<number>>();
  for (const id of new Set(Array.from(ids)))
    rows.set(id, (await file.readRows(place, id, id + 1, { signal })).data);
  const values = new Float32Array(ids.length * hiddenSize);
  for (let i = 0; i < ids.length; i++) values.set(rows.get(ids[i]!)!, i * hiddenSize);
  return { shape: [batch, length, hiddenSize], data: values };
}

async function readBlock(
  file: TensorFile,
  config: RotaryModelConfig,
  block: number,
  rotaries: Rotaries,
  signal: AbortSignal | undefined,
): Promise<OpenBlock> {
  const places = comparePlan(file, blockPlan(config, block));
  const { experts } = familyTraits(config);
  const own = new DecoderBlock(config, block, rotaries);
  const moe = own.mlp instanceof MoeLayer ? own.mlp : null;
  const views = viewsOf(
    own.namedTensors(`model.layers.${block}.`),
    new Map(moe ? [[block, moe] as const] : []),
    experts,
  );
  try {
    if (moe) moe.name = `model.layers.${block}.${experts.layer}`;
    await fillWeights(views, file, places, { signal });
    own.eval();
  } catch (error) {
    own.dispose();
    throw error;
  } finally {
    for (const view of views.values()) view.dispose();
  }
  return {
    moe,
    forward: (hidden) =>
      tidy(() => {
        const [batch, length] = hidden.shape as [number, number, number];
        const context = positionsOf({ ids: [], batch, length }, {});
        return own.forward(hidden, {
          ...context,
          cache: null,
          hooks: undefined,
          auxLossScale: 1,
          latentAttention: "absorbed",
        });
      }),
    dispose: () => own.dispose(),
  };
}

/**
 * Opens a model of a Hugging Face folder or a GGUF file without loading it: embeddings are read by row, blocks one at a time, so that a
 * model can be run forward, block after block, on a machine that holds one block.
 *
 * @param folder with config.json and safetensors, whole or in shards, or a GGUF file, as for `loadModel`
 * @throws {LmError} `ERR_CONFIG` for an unknown family or GPT-2, `ERR_MISSING` without config.json
 */
export async function streamModel(
  folder: Folder,
  options: FolderOptions = {},
): Promise<StreamedModel> {
  const { fetch, hub, signal, budget, ...rest } = optionsOf("streamModel", options);
  refuseUnknown("streamModel", rest);
  const place = await modelFolder(folder, ["model"], { fetch, hub, signal });
  const { config, file } = await openModel("streamModel", place, { fetch, signal, budget });
  if (config.modelType === "gpt2") {
    await file.close();
    throw new LmError(
      "ERR_CONFIG",
      "lm/streamModel: model_type must have rotary positions, got gpt2",
      { fields: { key: "model_type", value: config.modelType } },
    );
  }
  const rotaries = rotariesOf(config);
  return {
    config,
    embed: (tokens, { signal } = {}) => embedRows(file, config, tokens, signal),
    async openBlock(block, { signal } = {}) {
      if (!Number.isInteger(block) || block < 0 || block >= config.numHiddenLayers)
        throw new LmError(
          "ERR_RANGE",
          `lm/streamModel: block must be from 0 to ${config.numHiddenLayers - 1}, got ${block}`,
          { fields: { block } },
        );
      return readBlock(file, config, block, rotaries, signal);
    },
    async close() {
      for (const rotary of Object.values(rotaries)) rotary.dispose();
      await file.close();
    },
  };
}
