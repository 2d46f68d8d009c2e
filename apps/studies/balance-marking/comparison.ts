import { defineComparison } from "../shared/comparison";

export const comparison = defineComparison({
  description:
    "Runs every scheme on the same prompts with the same model and writes the table of Wang et al. 2024.",
  examples: [
    "--model runs/first/base --quick",
    "--model stories260K --corpus stories.txt --texts 50 --out comparison",
    "--model stories260K --seeds 5   # judges the paper's claims",
  ],
  quick: "Fewer, shorter texts: minutes instead of an hour",
  seedCounts: { quick: 1, default: 1, full: 1 },
  firstSeed: 0,
  isOnOneThread: true,
  flags: {
    model: {
      kind: "folder",
      isRequired: true,
      help: "Hugging Face folder, or one with a llama2.c model and its tok….bin",
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
      help: "Bits of the payload; 20 by default, 10 with --quick",
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
