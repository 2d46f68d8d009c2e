import type { LayerTypesConfig } from "../base-config";
import { decoderFields } from "../decoder-fields";
import type { Family } from "../family";
import { field, flag, integer, type JsonObject } from "../field";
import { layerTypes, nullable } from "../layer-types";
import { ropeThetaOr } from "../rope-scaling";

/** SmolLM3: Llama's block; some layers do not rotate queries and keys. */
export interface Smollm3Config extends LayerTypesConfig {
  modelType: "smollm3";
  /** Whether the layers without rotation have the window. Default false. */
  useSlidingWindow: boolean;
  /** 1 for each layer that rotates queries and keys, 0 for one that does not. Default: 0 for every fourth. */
  noRopeLayers: readonly number[];
  /** Whether the feed-forward layers have biases. Default false. */
  mlpBias: boolean;
}

const base = decoderFields({
  architecture: "SmolLM3ForCausalLM",
  vocabSize: 128256,
  bos: 128000,
  eos: 128001,
  isTied: true,
  hiddenSize: 2048,
  intermediateSize: 11008,
  numHiddenLayers: 36,
  numAttentionHeads: 16,
  keyValueHeads: 4,
  maxPositionEmbeddings: 32768,
});

const interval = integer("no_rope_layer_interval", 4);
const window = nullable("sliding_window", null);
const isWindowed = flag("use_sliding_window", false);

const isLayerList = (value: unknown) =>
  Array.isArray(value) && value.every((one) => one === 0 || one === 1);
const rotates = field<readonly number[]>(
  "no_rope_layers",
  (json: JsonObject) =>
    Array.from({ length: Math.min(base.numHiddenLayers.read(json), 10_000) }, (_, layer) =>
      Number((layer + 1) % interval.read(json) !== 0),
    ),
  "a list of 0 and 1",
  isLayerList,
);

export const smollm3: Family<Smollm3Config> = {
  fields: {
    ...base,
    ropeTheta: ropeThetaOr(2_000_000),
    noRopeLayers: { ...rotates, keys: [...rotates.keys, ...interval.keys] },
    slidingWindow: window,
    useSlidingWindow: isWindowed,
    layerTypes: layerTypes(base.numHiddenLayers, (layer, json) =>
      isWindowed.read(json) && window.read(json) !== null && rotates.read(json)[layer] === 0
        ? "sliding_attention"
        : "full_attention",
    ),
    mlpBias: flag("mlp_bias", false),
  },
  keys: { neutral: ["max_window_layers"], fixed: { partial_rotary_factor: 1 } },
  traits: ({ attentionBias: bias, mlpBias }) => ({
    biases: { qkv: bias, output: bias, feedForward: mlpBias },
  }),
  gguf: { architecture: "smollm3", isPaired: true },
};
