export { type CitationGraph, type GraphSizes, randomGraph } from "./citation-graph";
export { cnn } from "./cnn";
export { conv } from "./conv";
export { gcn } from "./gcn";
export { gpt } from "./gpt";
export { measureSteps, type StepTimes } from "./measure-steps";
export { mlp } from "./mlp";
export { moe } from "./moe";
export type { Workload } from "./workload";
