import type { Variant as GridRow } from "@deepgrain/lab";
import {
  type BaselineMethod,
  type BiasUpdate,
  createBaseline,
  type FeedForward,
  type MoeConfig,
  MoeLayer,
  type StandardSizes,
  segmentExperts,
} from "@deepgrain/moe";
import { segmentation, TOP_K } from "./recipe";

/** One way to build and balance the feed-forward networks. */
export interface Variant extends GridRow {
  name: string;
  /** Makes one layer. `frequencies`: of each token, for Hash. */
  layer(sizes: StandardSizes & { experts: number }, frequencies: Float64Array): FeedForward;
  /** How the balancing bias moves, where there is one. */
  biasUpdate?: BiasUpdate;
  /** Whether experts are disabled after training (experiments ). */
  isProbed?: boolean;
  /** Whether the experts' loads are measured domain by domain (experiment A-12). */
  hasDomainLoads?: boolean;
  /** Its Pile loss in the paper. */
  paperLoss?: number;
}

const baseline =
  (method: BaselineMethod): Variant["layer"] =>
  (sizes) =>
    createBaseline(method, sizes);

export const deepSeekMoe = { kind: "deepseek-moe", ...segmentation } as const;

/** DeepSeekMoE with other settings, which may depend on its own. */
const changed =
  (change: (own: MoeConfig) => Partial<MoeConfig>): Variant["layer"] =>
  ({ experts, innerSize, ...sizes }) => {
    const own = { ...sizes, ...segmentExperts({ experts, topK: TOP_K, innerSize }, segmentation) };
    return new MoeLayer({ ...own, ...change(own) });
  };

const alphas = ["0", "1e-4", "1e-3", "1e-1"].map(
  (alpha): Variant => ({
    id: `alpha-${alpha}`,
    name: `α ${alpha}`,
    experiments: ["A-10"],
    layer: changed(() => ({ auxLossAlpha: Number(alpha) })),
  }),
);

const biases = [
  { rule: "sign", rate: "1e-4" },
  { rule: "sign", rate: "1e-3", hasDomainLoads: true },
  { rule: "sign", rate: "1e-2" },
  { rule: "proportional", rate: "1e-3" },
].map(({ rule, rate, hasDomainLoads = false }): Variant => {
  const isSign = rule === "sign";
  return {
    id: `bias-${rule}-${rate}`,
    name: isSign ? `bias γ ${rate}` : `bias u ${rate}, proportional`,
    experiments: ["A-10"],
    biasUpdate: { rule: isSign ? "sign" : "proportional", rate: Number(rate) },
    hasDomainLoads,
    layer: changed(() => ({ method: "noaux_tc", auxLossAlpha: 0 })),
  };
});

/** Devices that hold the routed experts in experiment A-11, which has as many as the devices divide: one more. */
export const DEVICES = 4;

const limits = Array.from({ length: DEVICES }, (_, i): Variant => {
  const kept = i + 1;
  const router = { method: "group_limited_greedy", groups: DEVICES, groupsKept: kept } as const;
  return {
    id: `devices-${kept}`,
    name: kept === DEVICES ? "devices not limited" : `${kept} of ${DEVICES} devices`,
    experiments: ["A-11"],
    layer: changed(({ experts }) => ({ experts: experts + 1, ...router })),
  };
});

const shares = [2, 4].map(
  (shared): Variant => ({
    id: `shared-${shared}-of-8`,
    name: `${shared} of 8 active shared`,
    layer: baseline({ ...deepSeekMoe, shared }),
  }),
);

/**
 * Everything that is trained, N standing for the standard experts. All learned routers have softmax weights without
 * normalisation, α₁ = 0.01 over the batch where not said otherwise, and drop nothing.
 * @see DeepSeekMoE (Dai et al. 2024), tables 1 and 2, figures 3 and 4; Wang et al. 2024 (arXiv 2408.15664)
 */
export const variants: readonly Variant[] = [
  {
    id: "dense",
    name: "Dense",
    layer: baseline({ kind: "dense" }),
    paperLoss: 2.06,
    weight: 0.5,
  },
  {
    id: "hash",
    name: "Hash",
    layer: (sizes, frequencies) => createBaseline({ kind: "hash", frequencies }, sizes),
    paperLoss: 1.932,
    weight: 0.5,
  },
  {
    id: "switch",
    name: "Switch",
    layer: baseline({ kind: "switch" }),
    paperLoss: 1.881,
    weight: 0.6,
  },
  {
    id: "gshard",
    name: "GShard",
    layer: baseline({ kind: "gshard" }),
    hasDomainLoads: true,
    paperLoss: 1.867,
  },
  {
    id: "deepseek-moe",
    name: "DeepSeekMoE",
    layer: baseline(deepSeekMoe),
    isProbed: true,
    hasDomainLoads: true,
    paperLoss: 1.808,
  },
  {
    id: "shared-1",
    name: "1 shared, whole experts",
    layer: baseline({ kind: "deepseek-moe", segments: 1, shared: 1 }),
  },
  {
    id: "segments-2",
    name: "1 shared, experts halved",
    layer: baseline({ kind: "deepseek-moe", segments: 2, shared: 1 }),
  },
  {
    id: "gshard-1.2",
    name: "GShard×1.2",
    layer: baseline({ kind: "gshard", width: 1.2 }),
    paperLoss: 1.824,
  },
  {
    id: "gshard-1.5",
    name: "GShard×1.5",
    layer: baseline({ kind: "gshard", width: 1.5 }),
    isProbed: true,
    paperLoss: 1.808,
  },
  {
    id: "dense-quarter",
    name: "Dense×N/4",
    layer: (sizes) => createBaseline({ kind: "dense", copies: sizes.experts / 4 }, sizes),
    paperLoss: 1.908,
    weight: 0.7,
  },
  {
    id: "dense-all",
    name: "Dense×N",
    layer: (sizes) => createBaseline({ kind: "dense", copies: sizes.experts }, sizes),
    paperLoss: 1.806,
    weight: 2,
  },
  {
    id: "half-active",
    name: "half as many active",
    weight: 0.6,
    layer: changed(({ topK, sharedExperts = 0 }) => ({
      topK: (topK + sharedExperts) / 2 - sharedExperts,
    })),
  },
  ...shares,
  ...alphas,
  ...biases,
  ...limits,
  {
    id: "sequence-wise",
    name: "balance per sequence",
    hasDomainLoads: true,
    layer: changed(() => ({ seqAux: true })),
  },
];

/** The name of a variant. */
export const nameOf = (id: string): string => variants.find((variant) => variant.id === id)!.name;
