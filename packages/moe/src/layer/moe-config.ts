import {
  boolean,
  type Given,
  nested,
  options,
  real,
  required,
  type Settled,
  whole,
} from "@deepgrain/support/schema";
import { communicationLoss, deviceLoss } from "../balance/balance-losses";
import { dropping } from "../drop/apply-drops";
import { check, MoeError, read } from "../errors";
import { aGenerator } from "../kinds";
import { type ResolvedRouter, routing, settleRouter } from "../router/router-config";
import { initialWeights } from "./initial-weights";

const moeLayer = options({
  ...routing,
  ...initialWeights,
  /** Width of tokens, d. */
  hiddenSize: required(whole({ min: 1 })),
  /** Inner width of one expert, f. */
  expertSize: required(whole({ min: 1 })),
  /** Experts that every token passes, merged into one network of this many times the width. */
  sharedExperts: whole({ min: 0 }, 0),
  /**
   * Width of the shared network if it is not a multiple of the experts' width. By default `sharedExperts` · `expertSize`.
   */
  sharedSize: whole({ min: 0 }),
  /** Whether the shared network's output is multiplied by the sigmoid of a gate of its own. */
  hasSharedGate: boolean(false),
  /** α₁ of the expert-level balance loss. By default 0.001; 0 with `noaux_tc`, which balances by its bias. */
  auxLossAlpha: real({ min: 0 }),
  /** Whether the losses are computed per sequence and averaged or over the complete batch. */
  seqAux: boolean(true),
  /** Whether the expert-level loss counts each token's first choice only, as GShard's, not all choices. */
  balancesFirstChoice: boolean(false),
  /** c_z of the router z-loss, which keeps logits small; as published 0.001, none by default. */
  zLossAlpha: real({ min: 0 }, 0),
  /** The device-level balance loss over runs of experts; none by default. */
  deviceLoss: nested(deviceLoss),
  /** The communication balance loss; none by default. */
  communicationLoss: nested(communicationLoss),
  /** Dropping while training; none by default. */
  drop: nested(dropping),
  /** The random generator for dropping; by default the engine's generator. */
  dropGenerator: aGenerator,
  /** Reject NaN logits at once; see `topKGate`. */
  checkFinite: boolean(true),
});

/** One mixture-of-experts layer. */
export interface MoeConfig extends Given<typeof moeLayer> {}

/** A layer's settings with defaults. */
export interface MoeSettings extends Settled<typeof moeLayer> {
  readonly router: ResolvedRouter;
}

/** @throws {MoeError} `ERR_RANGE` for settings out of range or in conflict; `ERR_ARGUMENT` for an unknown one */
export function settleMoe(config: MoeConfig): MoeSettings {
  const settings = read(moeLayer, "MoeLayer", config);
  const { deviceLoss, communicationLoss, drop } = settings;
  const router = settleRouter("MoeLayer", settings);
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
  return { ...settings, router };
}

function checkDevices(name: string, devices: number, experts: number): void {
  check("MoeLayer", `${name}.devices`, devices, whole({ min: 1, max: experts }));
  if (experts % devices !== 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/MoeLayer: ${name}.devices (${devices}) must divide ${experts} experts`,
      { fields: { devices, experts } },
    );
}
