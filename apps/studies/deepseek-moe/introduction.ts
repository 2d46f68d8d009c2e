import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  "A-1": "Methods at equal size",
  "A-2": "From GShard to DeepSeekMoE, step by step",
  "A-3": "Against larger GShard",
  "A-4": "The dense upper bound",
  "A-5": "The best experts disabled",
  "A-6": "The shared expert replaced",
  "A-7": "Fewer experts active",
  "A-8": "Trained with half as many active",
  "A-9": "How many are shared",
  "A-10": "Balance against loss",
  "A-11": "Limited to a few devices",
  "A-12": "Balance per sequence or per batch",
} as const;

export const introduction: Introduction = {
  title: "Mixtures of experts, compared in miniature",
  lead: "The experiments of the DeepSeekMoE paper on small decoders, each trained on nine kinds of text. At this size differences are small: the table says which orderings can be seen and which cannot.",
  terms: [
    [
      "Dense",
      "one feed-forward network per layer, no experts; Dense×N is as wide as all N experts together, the upper bound, Dense×N/4 a quarter of that, as much as a token uses with GShard",
    ],
    ["Hash", "a fixed table sends each token to its expert (Roller et al. 2021)"],
    ["Switch", "each token goes to the one expert of the highest score (Fedus et al. 2022)"],
    [
      "GShard",
      "each token goes to its two best experts (Lepikhin et al. 2021); ×1.5 means experts half as large again",
    ],
    [
      "DeepSeekMoE",
      "experts cut into four parts each; a token passes through eight of the parts, one of which is shared by all (Dai et al. 2024); on the way to it, one expert is shared and the others are left whole or halved",
    ],
    ["activated", "parameters that one token uses"],
    [
      "rise, n/16 off",
      "how much the loss rises when each token loses this share of its best routed experts",
    ],
    [
      "Pile, HellaSwag",
      "the text that the paper's models are tested on, and a benchmark of sentence endings",
    ],
    ["MaxVio", "the busiest expert's load above the mean, over the mean; 0 is even"],
    ["α", "weight of the loss that evens out the loads"],
    [
      "γ and u",
      "size of the steps of a bias that evens them out without a loss: of fixed size, or in proportion to the excess",
    ],
  ],
};
