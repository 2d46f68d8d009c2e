export * from "./casts";
export type { NamedTensor, NamedTensors } from "./named-tensors";
