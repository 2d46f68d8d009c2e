// The federation: rounds, transports in this process, and what users implement or pass in. It knows no strategy and no data.
export { poissonClients } from "./privacy/poisson-clients";
export { noiseFor, type PrivacySpent, privacySpent } from "./privacy/rdp-accountant";
export { drawNormal } from "./random/draws";
export { type Random, stream } from "./random/stream";
export type { ClientEvent } from "./runtime/client-events";
export type { ClientRun } from "./runtime/client-run";
export { finishFederation, runFederation } from "./runtime/federation";
export type {
  Collector,
  FederationEvent,
  FederationOptions,
  FederationResult,
} from "./runtime/federation-types";
export { inProcessTransport } from "./runtime/in-process";
export type { Journal } from "./runtime/journal";
export { memoryPersonalModels, type PersonalModels } from "./runtime/personal-models";
export type { ClientUpdate, Metrics, Strategy } from "./runtime/strategy";
export type { FitTask, LocalTrain } from "./runtime/task";
export type { Transport, TransportEvent } from "./runtime/transport";
export type { Warning } from "./runtime/warning";
export { tensorChecksum } from "./tensors/checksum";
export type { NamedTensors, ReadonlyTensors } from "./tensors/named-tensors";
export { encodeSafetensors } from "./tensors/safetensors";
