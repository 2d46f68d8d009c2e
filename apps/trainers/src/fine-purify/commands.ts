import { defineGroup } from "../cli/define-command";

export const purify = defineGroup("Backdoors in fine-tuned weights: plant, purify, measure.", {
  train: {
    summary: "make a small encoder from labelled texts",
    load: async () => (await import("./train")).train,
  },
  attack: {
    summary: "plant a backdoor or a bias in an encoder to test defences",
    load: async () => (await import("./attack")).attack,
  },
  fisher: {
    summary: "compute the diagonal Fisher information of an encoder",
    load: async () => (await import("./fisher")).fisher,
  },
  run: {
    summary: "reset abnormal weights of a checkpoint to their pre-trained values",
    load: async () => (await import("./run")).run,
  },
  defend: {
    summary: "filter texts before they reach a suspect classifier",
    load: async () => (await import("./defend")).defend,
  },
  report: {
    summary: "measure encoders before and after, and write a page",
    load: async () => (await import("./report")).report,
  },
});
