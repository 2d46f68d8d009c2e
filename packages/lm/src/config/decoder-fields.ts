/** @file Fields that families of decoders are made of. */
import {
  type Own,
  type RotaryDefaults,
  rotaryFields,
  sharedFields,
  zLossAlpha,
} from "./common-fields";
import { constant, flag, integer, type JsonObject, real } from "./field";

/** The fields of a family's configuration. */
export type FamilyFields<T> = Own<T, Record<never, never>>;

/** Defaults of a family's fields. */
interface Defaults extends Omit<RotaryDefaults, "scalings"> {
  architecture: string;
  vocabSize: number;
  bos?: number | null | undefined;
  eos?: number | null | undefined;
  isTied?: boolean | undefined;
  headDim?: number | undefined;
}

const scalings = ["linear", "dynamic", "llama3", "yarn", "longrope"] as const;

/** Fields that all families with heads of keys and values share. */
export function decoderFields({
  architecture,
  vocabSize,
  bos = null,
  eos = null,
  isTied = false,
  headDim,
  ...sizes
}: Defaults) {
  const shared = sharedFields({ architecture, vocabSize, bos, eos, tieWordEmbeddings: isTied });
  const rotary = rotaryFields({ ...sizes, scalings });
  const perHead = (json: JsonObject) =>
    Math.floor(rotary.hiddenSize.read(json) / rotary.numAttentionHeads.read(json));
  return {
    ...shared,
    ...rotary,
    headDim: integer("head_dim", (json: JsonObject) => headDim ?? perHead(json)),
  };
}

/** Classes without a key for the biases of attention. */
export const noAttentionBias = { attentionBias: constant("attentionBias", false) };

/** Experts under the keys of these families; fields that they lack have one value. */
export function expertFields({ count, topK }: { count: string; topK: number }, experts: number) {
  return {
    nRoutedExperts: integer<number | null>(count, experts),
    numExpertsPerTok: integer<number | null>("num_experts_per_tok", topK),
    normTopkProb: flag("norm_topk_prob", false),
    auxLossAlpha: real("router_aux_loss_coef", 0.001),
    zLossAlpha,
    outputRouterLogits: flag("output_router_logits", false),
    nSharedExperts: constant<number | null>("nSharedExperts", null),
    moeLayerFreq: constant("moeLayerFreq", 1),
    firstKDenseReplace: constant("firstKDenseReplace", 0),
    scoringFunc: constant<"softmax" | "sigmoid">("scoringFunc", "softmax"),
    seqAux: constant("seqAux", false),
  };
}
