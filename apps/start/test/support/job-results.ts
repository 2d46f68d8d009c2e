import type { MetricsRecord } from "@deepgrain/command-line/metrics/metrics-log";
import { jobConfig } from "../../src/job-config";
import type { JobResults } from "../../src/report/report-input";

/** A job's configuration, results and metrics, as if it had been run. */
export const config = jobConfig("quick", 1);
const row = Array.from({ length: 16 }, (_, i) => (i + 1) / 136);
const samples = (outputs: readonly string[]) =>
  outputs.map((output, i) => ({ prompt: `Frage ${i} <b>`, answer: "German", output }));
const measured = {
  taskLoss: 5,
  textLosses: { prose: 4, code: 3 },
  right: [0, 0, 0, 1],
  samples: samples(["<b>&", "Czech"]),
};
export const results: JobResults = {
  tokenizer: { vocabSize: 2048, characters: 1e6, documents: 10 },
  pretrain: {
    parameters: 2_182_272,
    activatedParameters: 1_297_536,
    validationLoss: 4.5,
    unigramEntropy: 5.97,
    validationTokens: 4096,
    words: { words: 2000, known: 1800, longestCopy: 7, copied: "call me <ishmael>" },
    trainTokens: 385_647,
    tokensRead: 122_880,
    seconds: 31,
  },
  scores: {
    texts: (["prose", "code", "task"] as const).map((name) => ({
      name,
      shares: { 1: row, 2: name === "task" ? [...row].reverse() : row },
      again: { 1: row, 2: name === "task" ? [...row].reverse() : row },
      tokens: 4096,
    })),
    selected: { 1: [15, 14], 2: [0] },
    packing: {
      train: { conversations: 900, sequences: 300, cut: 0, tooLong: 3, unlabelled: 0 },
      heldOut: { conversations: 4, tooLong: 0 },
    },
    base: measured,
  },
  esft: {
    ...measured,
    taskLoss: 3,
    right: [1, 1, 1, 0],
    samples: samples(["German", "Czech"]),
    trainedParameters: 73_728,
    bytes: 296_232,
    seconds: 5,
  },
  full: {
    ...measured,
    taskLoss: 2.9,
    textLosses: { prose: 4.4 },
    right: [1, 1, 1, 1],
    trainedParameters: 2_182_272,
    bytes: 8.7e6,
    seconds: 9,
  },
  switch: {
    answers: [{ prompt: "Frage", answer: "German", off: "der", on: "German" }],
    secondsOn: 0.0035,
    secondsOff: 0.0004,
    isRestored: true,
  },
};
export const metrics: MetricsRecord[] = ["pretrain", "esft", "full"].flatMap((stage) => [
  { stage, type: "eval-end", step: 0, loss: 7 },
  ...[1, 2, 3].map((step) => ({ stage, type: "step-end", step, loss: 7 - step })),
  { stage, type: "eval-end", step: 3, loss: 4 },
]);
metrics.push({
  stage: "pretrain",
  type: "sample",
  step: 3,
  prompt: "The <whale>",
  text: " & \u0007co",
});
metrics.push({
  stage: "pretrain",
  type: "load",
  step: 3,
  layers: [
    {
      layer: "model.layers.1.mlp",
      counts: [30, 10, 0, 0],
      maxViolation: 2,
      droppedFraction: 0,
    },
    {
      layer: "model.layers.2.mlp",
      counts: [10, 10, 10, 10],
      maxViolation: 0,
      droppedFraction: 0.25,
    },
  ],
});
