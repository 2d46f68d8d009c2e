import { defineGroup } from "../../cli/define-command";

export const purify = defineGroup("Backdoors in fine-tuned weights: plant, purify, measure.", {
  attack: {
    summary: "plant a backdoor or a bias in an encoder, to test defences with",
    load: async () => (await import("../text-backdoors/commands/attack")).attack,
  },
  fisher: {
    summary: "the diagonal Fisher information of an encoder on given rows",
    load: async () => (await import("./commands/fisher")).fisher,
  },
  run: {
    summary: "reset abnormal weights of a checkpoint to their pre-trained values",
    load: async () => (await import("./commands/run")).run,
  },
  defend: {
    summary: "look at texts on their way into a suspect classifier",
    load: async () => (await import("../text-backdoors/commands/defend")).defend,
  },
  report: {
    summary: "measure encoders before and after, as a page",
    load: async () => (await import("../text-backdoors/commands/report")).report,
  },
  compare: {
    summary: "purification beside its baselines in miniature: table and report",
    load: async () => (await import("./commands/compare")).compare,
  },
});
