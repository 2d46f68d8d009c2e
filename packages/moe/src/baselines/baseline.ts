import { having, MoeError, optionsOf, real, whole } from "../errors";
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
  experts?: number | undefined;
  /** α₁ of the learned routers. Default 0.01, as in the comparison. */
  auxLossAlpha?: number | undefined;
  seqAux?: boolean | undefined;
}

/** Settings of one method. */
export type BaselineMethod =
  | { kind: "dense" /** Default 1; 4 or 16 for the upper bounds. */; copies?: number | undefined }
  | { kind: "hash" /** Of each token id in the training text. */; frequencies: ArrayLike<number> }
  | {
      kind: "switch" /** As published 1 to 1.25; default none. */;
      capacityFactor?: number | undefined;
    }
  | {
      kind: "gshard";
      /** Multiplies the experts' width: 1.2 or 1.5 in the comparison. Default 1. */
      width?: number | undefined;
      /**
       * The original's normalised pair, random second expert, capacity of 2·tokens/experts, and balance loss of first choices.
       * Default false.
       */
      isOriginal?: boolean | undefined;
    }
  | ({
      kind: "deepseek-moe" /** K before segmentation. Default 2. */;
      topK?: number | undefined;
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
  options: { experts: number; topK: number; innerSize: number },
  settings: Segmentation,
): Required<Pick<MoeConfig, "experts" | "topK" | "expertSize" | "sharedExperts">> {
  const { experts, topK, innerSize } = having(
    "segmentExperts",
    "options",
    options,
    "experts",
    "topK",
    "innerSize",
  );

  const { segments, shared } = optionsOf("segmentExperts", settings);
  const where = "segmentExperts";
  whole(where, "experts", experts, { min: 1 });
  whole(where, "topK", topK, { min: 1, max: experts });
  whole(where, "segments", segments, { min: 1, max: innerSize });
  whole(where, "shared", shared, { min: 0 });
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
    real("createBaseline", "width", width, { above: 0 });
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
  having("createBaseline", "method", method, "kind");
  const { hiddenSize, innerSize, experts = 16, initStd, generator } = sizes;
  if (method.kind === "dense")
    return new DenseLayer({ hiddenSize, innerSize, copies: method.copies, initStd, generator });
  if (method.kind === "hash") {
    const table = balancedHash(method.frequencies, experts);
    return new HashLayer({ hiddenSize, expertSize: innerSize, experts, table, initStd, generator });
  }
  return new MoeLayer(moeConfig(method, sizes));
}
