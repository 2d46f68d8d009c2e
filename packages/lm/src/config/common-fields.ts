import type {
  Activation,
  BaseConfig,
  DeviceLossConfig,
  MixtureModelConfig,
  MlaConfig,
  RotaryConfig,
} from "./base-config";
import type { ConfigDtype, FieldTable, JsonObject } from "./field";
import { choice, configDtypes, type Field, field, flag, integer, positive, real } from "./field";
import { type RopeScaling, ropeScaling, ropeThetaOr } from "./rope-scaling";

/** Properties of `T` that its parent `Parent` does not have. */
export type Own<T, Parent> = FieldTable<
  Omit<T, keyof Parent | "modelType" | "source" | "unknownKeys">
>;

/** Newer files say `dtype`, older ones `torch_dtype`; the file's own spelling is kept. */
const dtype: Field<ConfigDtype | null> = {
  keys: ["dtype", "torch_dtype"],
  read(json) {
    const key = json.dtype == null ? "torch_dtype" : "dtype";
    const isValid = (value: unknown) => configDtypes.includes(value as ConfigDtype);
    return field<ConfigDtype | null>(key, null, `one of ${configDtypes.join(", ")}`, isValid).read(
      json,
    );
  },
  write(json, value) {
    json[json.torch_dtype === undefined ? "dtype" : "torch_dtype"] = value;
  },
};

const isTokenId = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

const isTokenIds = (value: unknown) =>
  isTokenId(value) || (Array.isArray(value) && value.length > 0 && value.every(isTokenId));

/** The activation under the key that a family uses. */
export const activation = (key: string, fallback: Activation): Field<Activation> =>
  choice(key, ["silu", "gelu", "gelu_new", "gelu_pytorch_tanh", "relu"], fallback, {
    swish: "silu",
  });

/** The fields that every family stores under the same key. */
export function sharedFields(defaults: {
  architecture: string;
  vocabSize: number;
  bos: number | null;
  eos: number | null;
  tieWordEmbeddings: boolean;
}) {
  return {
    architectures: field<readonly string[]>(
      "architectures",
      () => [defaults.architecture],
      "a list of names",
      (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
    ),
    dtype,
    vocabSize: integer("vocab_size", defaults.vocabSize),
    initializerRange: real("initializer_range", 0.02),
    tieWordEmbeddings: flag("tie_word_embeddings", defaults.tieWordEmbeddings),
    bosTokenId: optionalId("bos_token_id", defaults.bos),
    eosTokenId: optionalIds("eos_token_id", defaults.eos),
    padTokenId: optionalId("pad_token_id", null),
  };
}

/** A token id; null means that there is none, which differs from an absent key. */
function optionalId(key: string, fallback: number | null): Field<number | null> {
  const isValid = (value: unknown) => value === null || isTokenId(value);
  return field<number | null>(key, fallback, "a token id or null", isValid);
}

function optionalIds(
  key: string,
  fallback: number | null,
): Field<number | readonly number[] | null> {
  const isValid = (value: unknown) => value === null || isTokenIds(value);
  return field<number | readonly number[] | null>(key, fallback, "token ids or null", isValid);
}

/** Defaults of a family's rotary fields. */
export interface RotaryDefaults {
  hiddenSize: number;
  intermediateSize: number;
  numHiddenLayers: number;
  numAttentionHeads: number;
  maxPositionEmbeddings: number;
  /** Default: as many as heads. */
  keyValueHeads?: number | undefined;
  scalings: readonly RopeScaling["type"][];
  /** The trained length if a scaling does not give one; default: `max_position_embeddings`. */
  originalLength?: number | undefined;
}

/** The fields of {@link RotaryConfig} that are not shared by all families. */
export function rotaryFields({
  scalings,
  originalLength,
  keyValueHeads,
  ...sizes
}: RotaryDefaults): Own<RotaryConfig, Pick<BaseConfig, keyof ReturnType<typeof sharedFields>>> {
  const heads = integer("num_attention_heads", sizes.numAttentionHeads);
  const positions = integer("max_position_embeddings", sizes.maxPositionEmbeddings);
  return {
    hiddenSize: integer("hidden_size", sizes.hiddenSize),
    intermediateSize: integer("intermediate_size", sizes.intermediateSize),
    numHiddenLayers: integer("num_hidden_layers", sizes.numHiddenLayers),
    numAttentionHeads: heads,
    numKeyValueHeads: integer(
      "num_key_value_heads",
      (json: JsonObject) => keyValueHeads ?? heads.read(json),
    ),
    maxPositionEmbeddings: positions,
    hiddenAct: activation("hidden_act", "silu"),
    rmsNormEps: positive("rms_norm_eps", 1e-6),
    ropeTheta: ropeThetaOr(10_000),
    ropeScaling: ropeScaling(scalings, (json) => originalLength ?? positions.read(json)),
    attentionBias: flag("attention_bias", false),
    attentionDropout: real("attention_dropout", 0, { maximum: 1 }),
  };
}

/** A field of this package's own: it is added to files without its key only if its value is not the default. */
function ownField<T>(key: string, make: (key: string) => Field<T>): Field<T> {
  const own = make(key);
  const fallback = own.read({});
  return {
    keys: own.keys,
    read: own.read,
    write(json, value) {
      if (value !== fallback || key in json) own.write(json, value);
    },
  };
}

/** Weight of the router z-loss, in every mixture. */
export const zLossAlpha = ownField("router_z_loss_coef", (key) => real(key, 0));

/** The fields of {@link MixtureModelConfig} beyond rotary decoders, with the defaults of DeepSeekMoE's code. */
export const moeFields: Own<MixtureModelConfig, RotaryConfig> = {
  moeIntermediateSize: integer("moe_intermediate_size", 1407),
  nSharedExperts: integer<number | null>("n_shared_experts", null),
  nRoutedExperts: integer<number | null>("n_routed_experts", null),
  numExpertsPerTok: integer<number | null>("num_experts_per_tok", null),
  moeLayerFreq: integer("moe_layer_freq", 1),
  firstKDenseReplace: integer("first_k_dense_replace", 0, 0),
  normTopkProb: flag("norm_topk_prob", false),
  scoringFunc: choice("scoring_func", ["softmax", "sigmoid"], "softmax"),
  auxLossAlpha: real("aux_loss_alpha", 0.001),
  seqAux: flag("seq_aux", true),
  zLossAlpha,
};

/** The fields of {@link DeviceLossConfig} beyond mixtures of experts. */
export const deviceLossFields: Own<DeviceLossConfig, MixtureModelConfig> = {
  deviceLossAlpha: ownField("device_loss_alpha", (key) => real(key, 0)),
  communicationLossAlpha: ownField("communication_loss_alpha", (key) => real(key, 0)),
  lossDevices: ownField("loss_devices", (key) => integer<number | null>(key, null)),
};

/** The fields of {@link MlaConfig} beyond mixtures of experts, with the defaults of DeepSeek-V2's code. */
export const mlaFields: Own<MlaConfig, DeviceLossConfig> = {
  qLoraRank: field<number | null>(
    "q_lora_rank",
    1536,
    "a whole number of at least 1, or null",
    (value) => value === null || (Number.isSafeInteger(value) && (value as number) >= 1),
  ),
  kvLoraRank: integer("kv_lora_rank", 512),
  qkNopeHeadDim: integer("qk_nope_head_dim", 128),
  qkRopeHeadDim: integer("qk_rope_head_dim", 64),
  vHeadDim: integer("v_head_dim", 128),
  topkMethod: choice("topk_method", ["greedy", "group_limited_greedy", "noaux_tc"], "greedy", {
    gready: "greedy", // the misspelt default of the released code
  }),
  nGroup: integer<number | null>("n_group", null),
  topkGroup: integer<number | null>("topk_group", null),
  routedScalingFactor: real("routed_scaling_factor", 1),
};
