import type { Tensor } from "@deepgrain/tensor-gpu";
import {
  communicationBalanceLoss,
  deviceBalanceLoss,
  expertBalanceLoss,
} from "../balance/balance-losses";
import { routerZLoss } from "../balance/router-z-loss";
import { routingShares } from "../balance/routing-shares";
import type { Gate } from "../router/top-k-gate";
import type { AuxLoss } from "./feed-forward";
import type { MoeSettings } from "./moe-config";

export interface LossSettings {
  which: AuxLoss;
  sequences: number;
  tokenMask: Tensor | null;
}

/** The sum of a layer's balance losses and its z-loss, alphas included; null if there is none. */
export function layerLosses(
  gate: Gate,
  logits: Tensor,
  settings: MoeSettings,
  passing: LossSettings,
): Tensor | null {
  if (passing.which === "off" || gate.ids.size === 0) return null;
  const alpha = passing.which === "all" ? settings.zLossAlpha : 0;
  const balance = balanceLosses(gate, settings, passing);
  if (alpha === 0) return balance;
  const z = routerZLoss(logits, { alpha, tokenMask: passing.tokenMask });
  return balance ? balance.add(z) : z;
}

/** The sum of the balance losses; null if there is none. */
function balanceLosses(
  gate: Gate,
  settings: MoeSettings,
  { which, sequences, tokenMask }: LossSettings,
): Tensor | null {
  const { auxLossAlpha: alpha = settings.method === "noaux_tc" ? 0 : 1e-3, seqAux } = settings;
  const deviceLoss = which === "all" ? settings.deviceLoss : undefined;
  const communicationLoss = which === "all" ? settings.communicationLoss : undefined;
  if (alpha === 0 && !deviceLoss && !communicationLoss) return null;
  const options = {
    sequences: seqAux ? sequences : 1,
    scoring: settings.scoring,
    tokenMask,
  };
  const shares = routingShares(gate, options);
  const first = settings.balancesFirstChoice
    ? routingShares({ ...gate, ids: gate.ids.narrow(-1, 0, 1) }, options)
    : shares;
  const parts = [
    ...(alpha > 0 ? [expertBalanceLoss(first, { alpha })] : []),
    ...(deviceLoss ? [deviceBalanceLoss(shares, deviceLoss)] : []),
    ...(communicationLoss ? [communicationBalanceLoss(gate, shares, communicationLoss)] : []),
  ];
  return parts.reduce((sum, part) => sum.add(part));
}
