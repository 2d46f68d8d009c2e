import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  "C-1": "Learning rates and batches at one budget",
  "C-2": "Batch and learning rate over compute",
  "C-3": "Model and data over compute",
  "C-4": "A larger run, predicted and then trained",
  "C-5": "Multi-step schedule against cosine, with continued training",
  "C-6": "Other stages of the multi-step schedule",
  "C-7": "Two corpora",
} as const;

export const introduction: Introduction = {
  title: "Scaling laws in miniature",
  lead: "The scaling study of DeepSeek LLM with decoders of a few thousand parameters on real text: the best batch, learning rate, model size and number of bytes over compute, the loss of a larger run that the laws predict before it is trained, schedules, and a second corpus. Each seed is a sweep of its own with its own fits; pooled fits take all seeds together.",
  terms: [
    ["C", "training compute, in floating-point operations (FLOPs); experiments are C-1 to C-7"],
    [
      "M",
      "non-embedding FLOPs per token, attention included: the paper's measure of a model's size",
    ],
    [
      "6N1, 6N2",
      "six times the parameters, without and with those of the vocabulary: the usual measures",
    ],
    ["D", "tokens that are trained on; bytes here"],
    [
      "budget",
      "a value of C that is spent with several model sizes; a parabola through their losses has its minimum at the best size",
    ],
    [
      "multi-step, cosine",
      "schedules of the learning rate: two sudden drops at the end, or a smooth fall",
    ],
    [
      "parametric",
      "a law of the loss over M and D, fitted to all sizes at once (Hoffmann et al. 2022, Chinchilla)",
    ],
  ],
};
