import { defineGroup } from "../cli/define-command";

export const anchors = defineGroup(
  "Label words in in-context learning: where information flows, and what follows from it.",
  {
    train: {
      summary: "train a tiny model that learns in context",
      load: async () => (await import("./train")).train,
    },
    flow: {
      summary: "measure saliency flow between texts, label words and the answer",
      load: async () => (await import("./flow")).flow,
    },
    isolate: {
      summary: "block label words, layer by layer",
      load: async () => (await import("./isolate")).isolate,
    },
    auc: {
      summary: "measure how well attention to label words predicts the answer",
      load: async () => (await import("./auc")).auc,
    },
    reweight: {
      summary: "learn factors on the attention to label words",
      load: async () => (await import("./reweight")).reweight,
    },
    compress: {
      summary: "answer from only the label words",
      load: async () => (await import("./compress")).compress,
    },
    diagnose: {
      summary: "predict which classes are confused",
      load: async () => (await import("./diagnose")).diagnose,
    },
  },
);
