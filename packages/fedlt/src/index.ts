export { FedError } from "./errors";
export * from "./federation";
export * from "./longtail";
export { type StrategyScore, scoreStrategy } from "./score-strategy";
