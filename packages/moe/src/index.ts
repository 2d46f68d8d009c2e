export { attachLoss } from "./balance/attach-loss";
export {
  communicationBalanceLoss,
  deviceBalanceLoss,
  expertBalanceLoss,
} from "./balance/balance-losses";
export { type BiasUpdate, balancedBias, updateBias } from "./balance/balanced-bias";
export { maxViolation } from "./balance/max-violation";
export {
  choiceCounts,
  type RoutingShares,
  type RoutingSharesOptions,
  routingShares,
} from "./balance/routing-shares";
export type { DropConfig } from "./drop/apply-drops";
export {
  type Choices,
  type Dropped,
  type DropTokensOptions,
  dropTokens,
  limitCapacity,
} from "./drop/drop-tokens";
export { MoeError, type MoeErrorCode } from "./errors";
export type { FeedForward, FeedForwardOptions } from "./layer/feed-forward";
export { mergeGateUp, splitGateUp } from "./layer/gate-up";
export { GatedMlp } from "./layer/gated-mlp";
export type { InitialWeights } from "./layer/initial-weights";
export type { AuxLoss, MoeConfig } from "./layer/moe-config";
export { MoeLayer, type RoutingProbe } from "./layer/moe-layer";
export {
  onRoute,
  type RouteData,
  type RouteEvent,
  type RouteObserver,
} from "./layer/route-observers";
export { Router } from "./layer/router";
export { StackedExperts } from "./layer/stacked-experts";
export type { RouterConfig } from "./router/router-config";
export { type Gate, type TopKGateOptions, topKGate } from "./router/top-k-gate";
