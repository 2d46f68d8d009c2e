import type { OptionNames } from "@deepgrain/support";
import type { Generator } from "@deepgrain/tensor-gpu";
import { assertInteger, assertNumber } from "../checks";
import type { DropConfig } from "../drop/apply-drops";
import { MoeError } from "../errors";
import { type ResolvedRouter, type RouterConfig, resolveRouter } from "../router/router-config";
import type { InitialWeights } from "./initial-weights";

/** One mixture-of-experts layer. */
export interface MoeConfig extends RouterConfig, InitialWeights {
  /** Width of tokens, d. */
  hiddenSize: number;
  /** Inner width of one expert, f. */
  expertSize: number;
  /** Experts that every token passes, merged into one network of this many times the width. Default 0. */
  sharedExperts?: number;
  /**
   * Width of the shared network if it is not a multiple of the experts' width. Default `sharedExperts` · `expertSize`.
   */
  sharedSize?: number;
  /** Whether the shared network's output is multiplied by the sigmoid of a gate of its own. Default false. */
  hasSharedGate?: boolean;
  /** α₁ of the expert-level balance loss. Default 0.001; 0 with `noaux_tc`, which balances by its bias. */
  auxLossAlpha?: number;
  /** Whether the losses are computed per sequence and averaged (default) or over the complete batch. */
  seqAux?: boolean;
  /** Whether the expert-level loss counts each token's first choice only, as GShard's. Default false: all choices. */
  balancesFirstChoice?: boolean;
  /** α₂ of the device-level balance loss over `devices` runs of experts. Default: none. */
  deviceLoss?: { devices: number; alpha: number };
  /** α₃ of the communication balance loss; `limit` is the devices that a token may use. Default: none. */
  communicationLoss?: { devices: number; limit?: number; alpha: number };
  /** Dropping while training. Default: none. */
  drop?: DropConfig;
  /** The random generator for dropping; default: the engine's generator. */
  dropGenerator?: Generator;
  /** Reject NaN logits at once; see `topKGate`. Default true. */
  checkFinite?: boolean;
}

export const moeConfigNames: OptionNames<MoeConfig> = {
  hiddenSize: true,
  expertSize: true,
  sharedExperts: true,
  sharedSize: true,
  hasSharedGate: true,
  auxLossAlpha: true,
  seqAux: true,
  balancesFirstChoice: true,
  deviceLoss: true,
  communicationLoss: true,
  drop: true,
  dropGenerator: true,
  checkFinite: true,
  experts: true,
  topK: true,
  scoring: true,
  method: true,
  groups: true,
  groupsKept: true,
  normTopkProb: true,
  scale: true,
  family: true,
  biasMode: true,
  initStd: true,
  generator: true,
};

/** Which balance losses a forward pass attaches while training. */
export type AuxLoss = "off" | "expert" | "all";

/** @throws {MoeError} `ERR_RANGE` for settings out of range or in conflict */
export function checkMoeConfig(config: MoeConfig): ResolvedRouter {
  const router = resolveRouter(config);
  assertInteger("MoeLayer", "hiddenSize", config.hiddenSize, 1);
  assertInteger("MoeLayer", "expertSize", config.expertSize, 1);
  assertInteger("MoeLayer", "sharedExperts", config.sharedExperts ?? 0, 0);
  assertInteger("MoeLayer", "sharedSize", config.sharedSize ?? 0, 0);
  assertNumber("MoeLayer", "initStd", config.initStd ?? 0, 0);
  assertNumber("MoeLayer", "auxLossAlpha", config.auxLossAlpha ?? 0, 0);
  for (const [name, part] of [
    ["deviceLoss", config.deviceLoss],
    ["communicationLoss", config.communicationLoss],
    ["drop.tokens", config.drop?.tokens],
  ] as const)
    if (part) checkDevices(name, part.devices, router.experts);
  if (config.drop?.randomSecond && router.topK !== 2)
    throw new MoeError(
      "ERR_RANGE",
      `moe/MoeLayer: drop.randomSecond needs topK 2, got ${router.topK}`,
      { fields: { topK: router.topK } },
    );
  return router;
}

function checkDevices(name: string, devices: number, experts: number): void {
  assertInteger("MoeLayer", `${name}.devices`, devices, 1, experts);
  if (experts % devices !== 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/MoeLayer: ${name}.devices (${devices}) must divide ${experts} experts`,
      { fields: { devices, experts } },
    );
}
