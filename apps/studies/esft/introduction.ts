import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  "B-0": "What base models answer before tuning",
  "B-1": "Few experts do most of the work",
  "B-2": "Tasks use different experts",
  "B-3": "Methods on the task",
  "B-4": "What is retained",
  "B-5": "Threshold and rank",
  "B-6": "Which parts are trained",
  "B-7": "How large a sample has to be",
  "B-8": "Coarser experts",
  "B-10": "Time and storage",
} as const;

export const introduction: Introduction = {
  title: "Expert-specialised fine\u2011tuning, compared in miniature",
  lead: "The experiments of the ESFT paper on small DeepSeekMoE models, each trained on prose, code, licences and compiler messages, and on a little text of four tasks, then fine-tuned on these with ESFT, LoRA, full fine-tuning or randomly chosen experts.",
  terms: [
    [
      "ESFT",
      "trains only the experts that a task uses (Wang et al. 2024): by their share of the choices (ESFT-Token) or by their mean gate value (ESFT-Gate)",
    ],
    ["FFT", "full fine-tuning: all weights are trained"],
    ["LoRA", "low-rank adaptation: factors of a small rank are trained beside frozen weights"],
    ["random experts", "as many experts as ESFT-Token trains, drawn at random: the control"],
    ["threshold p", "the share of a layer's scores that the chosen experts must reach"],
    ["exact match", "share of answers that are right to the letter"],
    ["chrF", "overlap of character sequences between answer and reference, 0 to 100"],
    ["mark", "exact match of number words and languages, chrF of phones and translations, in %"],
    ["general loss", "the mean loss on held-out text that is of no task, in nats per token"],
    ["forgetting", "how much the general loss has risen, in nats per token"],
  ],
};
