import type { Introduction } from "../shared/introduction";

export const introduction: Introduction = {
  title: "Preferences in miniature",
  lead: "A small model learns three tasks. In one of them answers count up or down equally often, and a program prefers those that count up. DPO learns this from pairs of the model's own answers; the other two tasks show what it costs.",
  terms: [
    [
      "DPO",
      "direct preference optimisation: learns from pairs of a chosen and a rejected answer (Rafailov et al. 2023); β holds it near the reference",
    ],
    ["IPO", "the same with a squared loss that aims at a fixed margin (Azar et al. 2024)"],
    [
      "0.2 SFT",
      "fine-tuning on the chosen answers beside the loss, at a weight of 0.2 (Pang et al. 2024; Llama 3)",
    ],
    ["judge", "the program that counts how many of an answer's numbers count up"],
    ["reference", "the model before preference training"],
    [
      "implied reward",
      "β times how much likelier the trained model finds an answer than the reference does, in log-probability",
    ],
    ["margin", "the chosen answer's implied reward less the rejected one's"],
    [
      "KL",
      "how far the model's next-token probabilities have moved from the reference, in nats per token",
    ],
    [
      "MT-Bench",
      "marks from 1 to 10 by a judging language model on open questions, which the paper reports (Zheng et al. 2023)",
    ],
  ],
};
