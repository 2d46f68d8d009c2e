import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  "B-1": "A trigger word, planted by SGD",
  "B-2": "Trigger sentences, AdamW, and a clean victim",
  "B-3": "A backdoor in real text",
} as const;

export const introduction: Introduction = {
  title: "Backdoors and how to take them out, in miniature",
  lead: "Encoders are pre-trained, attacked, and cleaned with the pre-trained weights and a few clean rows. Every method keeps as few fine-tuned weights as held-out accuracy allows, so that methods are compared at similar clean accuracy; fine-tuning alone is always among them.",
  terms: [
    ["ACC", "accuracy on clean rows"],
    ["ASR", "attack success rate: how often rows with the trigger get the attacker's label"],
    [
      "victim",
      "a model fine-tuned on poisoned data, in which the trigger is a word or a sentence; the clean victim is the control, without poison",
    ],
    [
      "reserve ratio ρ",
      "the share of fine-tuned weights that a method keeps; the others go back to their pre-trained values",
    ],
    [
      "Ĥ and δ",
      "Ĥ estimates a weight's Fisher information, how much the clean rows depend on it, at the pre-trained or at the fine-tuned weights; δ is how far fine-tuning moved it, w its value",
    ],
    [
      "Fine-purifying",
      "resets the weights of the largest δ²/Ĥ, which moved further than clean data would move them (Zhang et al. 2023); its variant “soft” moves each weight back in proportion, “1/Ĥ alone” leaves δ² out",
    ],
    [
      "Fine-mixing",
      "resets a mask of weights drawn at random, or, “selected”, those of the largest δ² (Zhang et al. 2022)",
    ],
    ["fine-tuning alone", "trains on the clean rows and resets nothing; every method ends with it"],
    ["weight averaging", "moves all weights part of the way back"],
    [
      "embedding purification",
      "resets the words whose embeddings moved most for their frequency (Zhang et al. 2022)",
    ],
    ["fine-pruning", "removes units that clean rows hardly activate (Liu et al. 2018)"],
    [
      "adversarial neuron pruning",
      "removes units that are sensitive to small changes of their weights (Wu & Wang 2021)",
    ],
    ["ONION", "removes suspicious words of a row at inference time, and refuses none"],
    ["STRIP, RAP", "refuse suspicious rows at inference time; the weights stay"],
    ["SGD, AdamW", "the optimiser of the attack"],
  ],
};
