import { assertInteger, assertNumber } from "../checks";
import { MoeError } from "../errors";
import type { FeedForward } from "../layer/feed-forward";
import type { InitialWeights } from "../layer/initial-weights";
import type { MoeConfig } from "../layer/moe-config";
import { MoeLayer } from "../layer/moe-layer";
import { balancedHash } from "./balanced-hash";
import { DenseLayer } from "./dense-layer";
import { HashLayer } from "./hash-layer";

/** Sizes before segmentation, shared by all methods of a comparison. */
export interface StandardSizes extends InitialWeights {
  hiddenSize: number;
  /** Inner width of a standard feed-forward network, I. */
  innerSize: number;
  /** Standard experts, N. Default 16. */
  experts?: number;
  /** α₁ of the learned routers. Default 0.01, as in the comparison. */
  auxLossAlpha?: number;
  seqAux?: boolean;
}

/** Settings of one method. */
export type BaselineMethod =
  | { kind: "dense" /** Default 1; 4 or 16 for the upper bounds. */; copies?: number }
  | { kind: "hash" /** Of each token id in the training text. */; frequencies: ArrayLike<number> }
  | { kind: "switch" /** As published 1 to 1.25; default none. */; capacityFactor?: number }
  | {
      kind: "gshard";
      /** Multiplies the experts' width: 1.2 or 1.5 in the comparison. Default 1. */
      width?: number;
      /**
       * The original's normalised pair, random second expert, capacity of 2·tokens/experts, and balance loss of first choices.
       * Default false.
       */
      isOriginal?: boolean;
    }
  | ({
      kind: "deepseek-moe" /** K before segmentation. Default 2. */;
      topK?: number;
    } & Segmentation);

export interface Segmentation {
  /** m: each expert is split into this many. */
  segments: number;
  /** Ks: the number of split experts that every token passes. */
  shared: number;
}

/**
 * The sizes of fine-grained experts with shared ones at equal parameters and compute:
 * N' = mN − Ks experts of width I/m, K' = mK − Ks of them per token. A width that m does not divide is rounded down.
 * @throws {MoeError} `ERR_RANGE` when no routed expert is left
 * @see DeepSeekMoE (Dai et al. 2024), sections 3.1 and 3.2
 */
export function segmentExperts(
  { experts, topK, innerSize }: { experts: number; topK: number; innerSize: number },
  { segments, shared }: Segmentation,
): Required<Pick<MoeConfig, "experts" | "topK" | "expertSize" | "sharedExperts">> {
  const where = "segmentExperts";
  assertInteger(where, "experts", experts, 1);
  assertInteger(where, "topK", topK, 1, experts);
  assertInteger(where, "segments", segments, 1, innerSize);
  assertInteger(where, "shared", shared, 0);
  if (segments * topK - shared < 1)
    throw new MoeError(
      "ERR_RANGE",
      `moe/segmentExperts: ${shared} shared experts leave none of ${segments * topK} to route`,
      { fields: { segments, topK, shared } },
    );
  return {
    experts: segments * experts - shared,
    topK: segments * topK - shared,
    expertSize: Math.floor(innerSize / segments),
    sharedExperts: shared,
  };
}

/** The settings of a learned router's layer for one method; the comparison's equations, unnormalised softmax weights. */
function moeConfig(
  method: Extract<BaselineMethod, { kind: "switch" | "gshard" | "deepseek-moe" }>,
  { innerSize, experts = 16, ...sizes }: StandardSizes,
): MoeConfig {
  const common = { auxLossAlpha: 0.01, ...sizes, experts, expertSize: innerSize };
  if (method.kind === "switch") {
    const { capacityFactor } = method;
    const drop = capacityFactor === undefined ? {} : { drop: { expertCapacity: capacityFactor } };
    return { ...common, topK: 1, ...drop };
  }
  if (method.kind === "gshard") {
    const { width = 1, isOriginal = false } = method;
    assertNumber("createBaseline", "width", width, 0, { isOpen: true });
    const original = {
      normTopkProb: true,
      drop: { randomSecond: true, expertCapacity: 1 },
      balancesFirstChoice: true,
    };
    return {
      ...common,
      topK: 2,
      expertSize: Math.round(innerSize * width),
      ...(isOriginal ? original : {}),
    };
  }
  return { ...common, ...segmentExperts({ experts, topK: method.topK ?? 2, innerSize }, method) };
}

/**
 * One feed-forward layer of the paper's comparison. All methods take the same input and options (`tokenIds` for Hash).
 *
 * @returns for `dense` a `DenseLayer`, for `hash` a `HashLayer`, otherwise a `MoeLayer`
 * @throws {MoeError} `ERR_RANGE`
 * @see DeepSeekMoE (Dai et al. 2024), sections 4.1.2 and 4.2 to 4.4; Lepikhin et al. 2021, algorithm 1, for GShard's original
 */
export function createBaseline(method: BaselineMethod, sizes: StandardSizes): FeedForward {
  const { hiddenSize, innerSize, experts = 16, initStd, generator } = sizes;
  const init = {
    ...(initStd === undefined ? {} : { initStd }),
    ...(generator === undefined ? {} : { generator }),
  };
  if (method.kind === "dense")
    return new DenseLayer({ hiddenSize, innerSize, copies: method.copies ?? 1, ...init });
  if (method.kind === "hash") {
    const table = balancedHash(method.frequencies, experts);
    return new HashLayer({ hiddenSize, expertSize: innerSize, experts, table, ...init });
  }
  return new MoeLayer(moeConfig(method, sizes));
}
