import {
  boolean,
  type Given,
  instance,
  oneOf,
  options,
  real,
  required,
  type Settled,
  whole,
} from "@deepgrain/support/schema";
import { check, having, MoeError, read } from "../errors";
import type { FeedForward } from "../layer/feed-forward";
import { initialWeights } from "../layer/initial-weights";
import type { MoeConfig } from "../layer/moe-config";
import { MoeLayer } from "../layer/moe-layer";
import { balancedHash } from "./balanced-hash";
import { DenseLayer } from "./dense-layer";
import { HashLayer } from "./hash-layer";

const standardSizes = options({
  ...initialWeights,
  hiddenSize: required(whole({ min: 1 })),
  /** Inner width of a standard feed-forward network, I. */
  innerSize: required(whole({ min: 1 })),
  /** Standard experts, N. */
  experts: whole({ min: 1 }, 16),
  /** α₁ of the learned routers. The default is that of the comparison. */
  auxLossAlpha: real({ min: 0 }, 0.01),
  seqAux: boolean(),
});

/** Sizes before segmentation, shared by all methods of a comparison. */
export interface StandardSizes extends Given<typeof standardSizes> {}

const segmentation = options({
  /** m: each expert is split into this many. */
  segments: required(whole({ min: 1 })),
  /** Ks: the number of split experts that every token passes. */
  shared: required(whole({ min: 0 })),
});

const unsplit = options({
  /** N. */
  experts: required(whole({ min: 1 })),
  /** K. */
  topK: required(whole({ min: 1, max: "experts" })),
  /** I. */
  innerSize: required(whole({ min: 1 })),
});

export interface Segmentation extends Given<typeof segmentation> {}

const dense = options({
  kind: required(oneOf(["dense"])),
  /** 4 or 16 for the upper bounds. */
  copies: whole({ min: 1 }, 1),
});

const hash = options({
  kind: required(oneOf(["hash"])),
  /** Of each token id in the training text. */
  frequencies: required(instance<ArrayLike<number>>(["length"])),
});

const switching = options({
  kind: required(oneOf(["switch"])),
  /** As published 1 to 1.25; none by default. */
  capacityFactor: real({ min: 0 }),
});

const gshard = options({
  kind: required(oneOf(["gshard"])),
  /** Multiplies the experts' width: 1.2 or 1.5 in the comparison. */
  width: real({ above: 0 }, 1),
  /**
   * The original's normalised pair, random second expert, capacity of 2·tokens/experts, and balance loss of first choices.
   */
  isOriginal: boolean(false),
});

const fineGrained = options({
  kind: required(oneOf(["deepseek-moe"])),
  /** K before segmentation. */
  topK: whole({ min: 1 }, 2),
  ...segmentation,
});

const kinds = ["dense", "hash", "switch", "gshard", "deepseek-moe"] as const;

/** Settings of one method. */
export type BaselineMethod =
  | Given<typeof dense>
  | Given<typeof hash>
  | Given<typeof switching>
  | Given<typeof gshard>
  | Given<typeof fineGrained>;

/**
 * The sizes of fine-grained experts with shared ones at equal parameters and compute:
 * N' = mN − Ks experts of width I/m, K' = mK − Ks of them per token. A width that m does not divide is rounded down.
 * @throws {MoeError} `ERR_RANGE` when no routed expert is left
 * @see DeepSeekMoE (Dai et al. 2024), sections 3.1 and 3.2
 */
export function segmentExperts(
  options: Given<typeof unsplit>,
  settings: Segmentation,
): Required<Pick<MoeConfig, "experts" | "topK" | "expertSize" | "sharedExperts">> {
  const where = "segmentExperts";
  const { segments, shared } = read(segmentation, where, settings);
  const { topK, experts, innerSize } = read(unsplit, where, options);
  check(where, "segments", segments, whole({ min: 1, max: innerSize }));
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
  { innerSize, experts, ...sizes }: Settled<typeof standardSizes>,
): MoeConfig {
  const common = { ...sizes, experts, expertSize: innerSize };
  if (method.kind === "switch") {
    const { capacityFactor } = read(switching, "createBaseline", method);
    const drop = capacityFactor === undefined ? {} : { drop: { expertCapacity: capacityFactor } };
    return { ...common, topK: 1, ...drop };
  }
  if (method.kind === "gshard") {
    const { width, isOriginal } = read(gshard, "createBaseline", method);
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
  const { topK, segments, shared } = read(fineGrained, "createBaseline", method);
  return { ...common, ...segmentExperts({ experts, topK, innerSize }, { segments, shared }) };
}

/**
 * One feed-forward layer of the paper's comparison. All methods take the same input and options (`tokenIds` for Hash).
 *
 * @returns for `dense` a `DenseLayer`, for `hash` a `HashLayer`, otherwise a `MoeLayer`
 * @throws {MoeError} `ERR_RANGE`
 * @see DeepSeekMoE (Dai et al. 2024), sections 4.1.2 and 4.2 to 4.4; Lepikhin et al. 2021, algorithm 1, for GShard's original
 */
export function createBaseline(method: BaselineMethod, sizes: StandardSizes): FeedForward {
  const where = "createBaseline";
  const settings = read(standardSizes, where, sizes);
  having(where, "method", method, "kind");
  check(where, "kind", method.kind, oneOf(kinds));
  const { hiddenSize, innerSize, experts, initStd, generator } = settings;
  if (method.kind === "dense") {
    const { copies } = read(dense, where, method);
    return new DenseLayer({ hiddenSize, innerSize, copies, initStd, generator });
  }
  if (method.kind === "hash") {
    const table = balancedHash(read(hash, where, method).frequencies, experts);
    return new HashLayer({ hiddenSize, expertSize: innerSize, experts, table, initStd, generator });
  }
  return new MoeLayer(moeConfig(method, settings));
}
