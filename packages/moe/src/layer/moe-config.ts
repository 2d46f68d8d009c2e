import type { Generator } from "@deepgrain/tensor-gpu";
import type { DropConfig } from "../drop/apply-drops";
import { MoeError, optionsOf, real, refuseUnknown, whole } from "../errors";
import {
  checkRouter,
  type ResolvedRouter,
  type RouterConfig,
  splitRouter,
} from "../router/router-config";
import type { InitialWeights } from "./initial-weights";

/** One mixture-of-experts layer. */
export interface MoeConfig extends RouterConfig, InitialWeights {
  /** Width of tokens, d. */
  hiddenSize: number;
  /** Inner width of one expert, f. */
  expertSize: number;
  /** Experts that every token passes, merged into one network of this many times the width. Default 0. */
  sharedExperts?: number | undefined;
  /**
   * Width of the shared network if it is not a multiple of the experts' width. Default `sharedExperts` · `expertSize`.
   */
  sharedSize?: number | undefined;
  /** Whether the shared network's output is multiplied by the sigmoid of a gate of its own. Default false. */
  hasSharedGate?: boolean | undefined;
  /** α₁ of the expert-level balance loss. Default 0.001; 0 with `noaux_tc`, which balances by its bias. */
  auxLossAlpha?: number | undefined;
  /** Whether the losses are computed per sequence and averaged (default) or over the complete batch. */
  seqAux?: boolean | undefined;
  /** Whether the expert-level loss counts each token's first choice only, as GShard's. Default false: all choices. */
  balancesFirstChoice?: boolean | undefined;
  /** α₂ of the device-level balance loss over `devices` runs of experts. Default: none. */
  deviceLoss?: { devices: number; alpha: number } | undefined;
  /** α₃ of the communication balance loss; `limit` is the devices that a token may use. Default: none. */
  communicationLoss?: { devices: number; limit?: number | undefined; alpha: number } | undefined;
  /** Dropping while training. Default: none. */
  drop?: DropConfig | undefined;
  /** The random generator for dropping; default: the engine's generator. */
  dropGenerator?: Generator | undefined;
  /** Reject NaN logits at once; see `topKGate`. Default true. */
  checkFinite?: boolean | undefined;
}

const OPTIONS: readonly (keyof MoeConfig)[] = [
  "experts",
  "topK",
  "scoring",
  "method",
  "groups",
  "groupsKept",
  "normTopkProb",
  "scale",
  "family",
  "biasMode",
  "hiddenSize",
  "expertSize",
  "sharedExperts",
  "sharedSize",
  "hasSharedGate",
  "initStd",
  "generator",
  "auxLossAlpha",
  "seqAux",
  "balancesFirstChoice",
  "deviceLoss",
  "communicationLoss",
  "drop",
  "dropGenerator",
  "checkFinite",
];

/** Which balance losses a forward pass attaches while training. */
export type AuxLoss = "off" | "expert" | "all";

/** @throws {MoeError} `ERR_RANGE` for settings out of range or in conflict; `ERR_ARGUMENT` for an unknown one */
export function checkMoeConfig(config: MoeConfig): ResolvedRouter {
  const { router, rest } = splitRouter(optionsOf("MoeLayer", config));
  const {
    hiddenSize,
    expertSize,
    sharedExperts = 0,
    sharedSize = 0,
    hasSharedGate: _gate,
    initStd = 0,
    generator: _generator,
    auxLossAlpha = 0,
    seqAux: _seqAux,
    balancesFirstChoice: _first,
    deviceLoss,
    communicationLoss,
    drop,
    dropGenerator: _dropGenerator,
    checkFinite: _check,
    ...unknown
  } = rest;
  refuseUnknown("MoeLayer", unknown, OPTIONS);
  checkRouter(router);
  whole("MoeLayer", "hiddenSize", hiddenSize, { min: 1 });
  whole("MoeLayer", "expertSize", expertSize, { min: 1 });
  whole("MoeLayer", "sharedExperts", sharedExperts, { min: 0 });
  whole("MoeLayer", "sharedSize", sharedSize, { min: 0 });
  real("MoeLayer", "initStd", initStd, { min: 0 });
  real("MoeLayer", "auxLossAlpha", auxLossAlpha, { min: 0 });
  for (const [name, part] of [
    ["deviceLoss", deviceLoss],
    ["communicationLoss", communicationLoss],
    ["drop.tokens", drop?.tokens],
  ] as const)
    if (part) checkDevices(name, part.devices, router.experts);
  if (drop?.randomSecond && router.topK !== 2)
    throw new MoeError(
      "ERR_RANGE",
      `moe/MoeLayer: drop.randomSecond needs topK 2, got ${router.topK}`,
      { fields: { topK: router.topK } },
    );
  return router;
}

function checkDevices(name: string, devices: number, experts: number): void {
  whole("MoeLayer", `${name}.devices`, devices, { min: 1, max: experts });
  if (experts % devices !== 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/MoeLayer: ${name}.devices (${devices}) must divide ${experts} experts`,
      { fields: { devices, experts } },
    );
}
