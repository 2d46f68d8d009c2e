import { defineComparison } from "../shared/comparison";
import { experiments } from "./introduction";

export const comparison = defineComparison({
  description:
    "Compares Balance-Marking with vanilla marking by the five criteria of Wang et al. 2024, each with eight bonuses, and with --full also with every other scheme.",
  examples: [
    "--model apps/studies/balance-marking/base --quick",
    "--model apps/studies/balance-marking/base --judge apps/studies/balance-marking/judge",
    "--model stories260K --corpus stories.txt --texts 50 --full --out comparison",
  ],
  quick: "Every scheme with fewer texts and one seed: a minute",
  full: "Every scheme, with as many texts and seeds",
  experiments,
  usual: { default: ["criteria"] },
  seedCounts: { quick: 1, default: 8, full: 8 },
  isOnOneThread: true,
  flags: {
    model: {
      kind: "folder",
      isRequired: true,
      help: "Hugging Face folder, or one with a llama2.c model and its tok….bin",
    },
    judge: {
      kind: "folder",
      help: "Model with the same tokenizer that judges quality; the one that writes by default",
    },
    tokenizer: { kind: "folder", help: "Folder of another tokenizer" },
    corpus: {
      kind: "file",
      help: "Human text for prompts, for the n-gram proxy and to paste into; Moby Dick and speeches by default",
    },
    prompts: { kind: "file", help: "Prompts, one per line, or a JSON list" },
    texts: { kind: "whole", min: 1, help: "Texts per scheme; 20 by default, 6 with --quick" },
    bits: {
      kind: "whole",
      min: 1,
      max: 24,
      help: "Bits of the payload; 10 by default",
    },
    tokens: {
      kind: "whole",
      min: 11,
      help: "Tokens per text; 10 per bit, and 10, by default",
    },
    temperature: {
      kind: "real",
      min: 0.01,
      max: 100,
      default: 1,
      help: "Sampling temperature of the writing model",
    },
  },
});
