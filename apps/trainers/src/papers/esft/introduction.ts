import type { Introduction } from "../introduction";

export const introduction: Introduction = {
  title: "Expert-specialised fine\u2011tuning, compared in miniature",
  lead: "The experiments of the ESFT paper on small DeepSeekMoE models, each trained on prose, code, licences and compiler messages, then fine-tuned on tasks with ESFT, LoRA, full fine-tuning or randomly chosen experts.",
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
    ["forgetting", "how much the loss on the other texts has risen, in nats per token"],
  ],
};
