export { attachLoss } from "./balance/attach-loss";
export {
  communicationBalanceLoss,
  deviceBalanceLoss,
  expertBalanceLoss,
} from "./balance/balance-losses";
export { type BiasUpdate, balancedBias, updateBias } from "./balance/balanced-bias";
export { maxViolation } from "./balance/max-violation";
export { routerZLoss } from "./balance/router-z-loss";
export { routingShares } from "./balance/routing-shares";
export { balancedHash } from "./baselines/balanced-hash";
export {
  type BaselineMethod,
  createBaseline,
  type StandardSizes,
  segmentExperts,
} from "./baselines/baseline";
export { type DenseConfig, DenseLayer } from "./baselines/dense-layer";
export { HashLayer } from "./baselines/hash-layer";
export { countFlops } from "./count/count-flops";
export { countParameters, type ParameterCount } from "./count/count-parameters";
export { estimateMemory, type MemoryEstimate, type MemoryRun } from "./count/estimate-memory";
export { formatMemory } from "./count/format-memory";
export type { ExpertsShape, ModelShape } from "./count/model-shape";
export { publishedShapes } from "./count/published-shapes";
export { formatLoad } from "./diagnostics/format-load";
export { type LayerLoad, type LoadMonitor, monitorLoad } from "./diagnostics/load-monitor";
export { watchLoad } from "./diagnostics/watch-load";
export { type Choices, dropTokens, limitCapacity } from "./drop/drop-tokens";
export { MoeError, type MoeErrorCode } from "./errors";
export type { FeedForward, FeedForwardOptions, RoutingProbe } from "./layer/feed-forward";
export { mergeGateUp, splitGateUp } from "./layer/gate-up";
export { GatedMlp, type GatedMlpOptions } from "./layer/gated-mlp";
export type { MoeConfig } from "./layer/moe-config";
export { MoeLayer } from "./layer/moe-layer";
export { onRoute, type RouteEvent } from "./layer/route-observers";
export { Router } from "./layer/router";
export { StackedExperts } from "./layer/stacked-experts";
export { type BalanceTracker, trackBalance } from "./layer/track-balance";
export { withoutExperts } from "./layer/without-experts";
export type { RouterConfig } from "./router/router-config";
export { type Gate, topKGate } from "./router/top-k-gate";
