import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  pretrain: "Continued training on code, mathematics and prose",
  fim: "Filling in the middle, and the order of a repository",
  extend: "A context sixteen times longer",
  grpo: "Learning from what programs do",
} as const;

export const introduction: Introduction = {
  title: "DeepSeek-Coder-V2, in miniature",
  lead: "A small mixture with latent attention is trained on prose and goes on with code; others learn to fill in the middle, or read sixteen times more than before; and a policy that writes functions with usual mistakes learns from running them.",
  terms: [
    [
      "code, mix, prose",
      "what the model that was trained on prose goes on with, the same number of tokens; the mix is 60 % code, 10 % mathematics, 30 % prose",
    ],
    ["from scratch", "the same tokens of code without any prose before"],
    ["bits per byte", "loss over held-out bytes, which compares texts of any kind"],
    [
      "PSM, SPM",
      "prefix, suffix, middle; suffix, prefix, middle: how a document's parts are ordered when its middle is moved to the end",
    ],
    ["masked spans", "a short part of the middle instead of any part"],
    ["rate", "share of documents whose middle is moved"],
    [
      "YaRN",
      "positions beyond the trained length are read by interpolating slow rotations and keeping fast ones",
    ],
    ["needle", "an entry of key and value at a depth of a long text, asked for at its end"],
    [
      "GRPO",
      "group relative policy optimisation: answers above their group's mean reward become likelier",
    ],
    ["RFT", "rejection fine-tuning: training on sampled answers that are right"],
    ["pass@1", "share of sampled programs that pass all tests of held-out functions"],
  ],
};
