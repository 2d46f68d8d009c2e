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
export { balancedHash } from "./baselines/balanced-hash";
export {
  type BaselineMethod,
  createBaseline,
  type Segmentation,
  type StandardSizes,
  segmentExperts,
} from "./baselines/baseline";
export { type DenseConfig, DenseLayer } from "./baselines/dense-layer";
export { type HashConfig, HashLayer } from "./baselines/hash-layer";
export { countCombinations } from "./count/count-combinations";
export { countFlops } from "./count/count-flops";
export { countParameters, type ParameterCount } from "./count/count-parameters";
export {
  estimateMemory,
  type LayerSizes,
  layerActivationBytes,
  type MemoryEstimate,
  type MemoryRun,
} from "./count/estimate-memory";
export { formatMemory } from "./count/format-memory";
export type {
  ExpertsShape,
  FullAttentionShape,
  LatentAttentionShape,
  ModelShape,
} from "./count/model-shape";
export { publishedShapes } from "./count/published-shapes";
export { formatLoad } from "./diagnostics/format-load";
export {
  type LayerLoad,
  type LoadMonitor,
  type LoadMonitorOptions,
  monitorLoad,
} from "./diagnostics/load-monitor";
export { type LoadWatch, watchLoad } from "./diagnostics/watch-load";
export type { DropConfig } from "./drop/apply-drops";
export {
  type Choices,
  type Dropped,
  type DropTokensOptions,
  dropTokens,
  limitCapacity,
} from "./drop/drop-tokens";
export { MoeError, type MoeErrorCode } from "./errors";
export type { FeedForward, FeedForwardOptions, RoutingProbe } from "./layer/feed-forward";
export { mergeGateUp, splitGateUp } from "./layer/gate-up";
export { GatedMlp, type GatedMlpOptions } from "./layer/gated-mlp";
export type { InitialWeights } from "./layer/initial-weights";
export type { AuxLoss, MoeConfig } from "./layer/moe-config";
export { MoeLayer } from "./layer/moe-layer";
export {
  onRoute,
  type RouteData,
  type RouteEvent,
  type RouteObserver,
} from "./layer/route-observers";
export { Router } from "./layer/router";
export { StackedExperts } from "./layer/stacked-experts";
export { type BalanceTracker, trackBalance } from "./layer/track-balance";
export { withoutExperts } from "./layer/without-experts";
export type { TokenRoute } from "./router/route-token";
export type { RouterConfig } from "./router/router-config";
export { type Gate, type TopKGateOptions, topKGate } from "./router/top-k-gate";
