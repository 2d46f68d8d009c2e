/**
 * The options of fill-in-the-middle, packing, deduplication and evaluation as data: help, range and default, for command lines
 * and forms.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";

const families = ["deepseek", "starcoder", "qwen", "codellama"] as const;

/** The purpose, range and default of this package's options, for command lines and forms. */
export const fields = {
  /** Of `fim`. */
  fim: {
    rate: {
      kind: "real",
      max: 1,
      default: 0.5,
      help: "Share of the documents whose middle is moved",
    },
    mode: {
      kind: "choice",
      words: ["psm", "spm", "msp"],
      default: "psm",
      help: "Prefix, suffix, middle; suffix, prefix, middle; or one masked span",
    },
    family: { kind: "choice", words: families, default: "deepseek", help: "Whose sentinels" },
  },
  /** Of `packRepository`. */
  packing: {
    order: {
      kind: "choice",
      words: ["topological", "random", "path"],
      default: "topological",
      help: "What a file depends on stands before it (DeepSeek-Coder); random (DeepSeek-Coder-V2, say its authors); or by path",
    },
    maxLength: {
      kind: "whole",
      min: 1,
      help: "Characters of a sample, which is split between files; no limit without it",
    },
  },
  /** Of `nearDuplicates`. */
  duplicates: {
    threshold: {
      kind: "real",
      above: 0,
      max: 1,
      default: 0.85,
      help: "Least Jaccard index of near-duplicates",
    },
    shingleWords: { kind: "whole", min: 1, default: 5, help: "Words per shingle" },
  },
  /** Of `evaluateTasks`. */
  evaluation: {
    n: { kind: "whole", min: 1, default: 1, help: "Completions per task" },
    k: { kind: "wholes", min: 1, default: [1], help: "Values of k for pass@k" },
    prompt: {
      kind: "choice",
      words: ["complete", "chat", "fim"],
      help: "How tasks are put: continued as they are, as a request whose answer's code is taken, or as a hole between prefix and suffix; by default fim where a task has a suffix",
    },
    family: {
      kind: "choice",
      words: families,
      default: "deepseek",
      help: "Sentinels of --prompt fim",
    },
    seed: { kind: "whole", default: 0, help: "Same seed, same completions" },
  },
  /** Of `createSandbox`'s and `createPythonSandbox`'s limits. */
  limits: {
    instructions: {
      kind: "whole",
      min: 1,
      default: 500_000_000,
      help: "Instructions that a program in JavaScript may take",
    },
    seconds: {
      kind: "real",
      min: 0.001,
      default: 30,
      help: "Processor time that a program in Python may take",
    },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
