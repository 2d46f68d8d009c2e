import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  "A-1": "Where saliency flows",
  "A-2": "Label words cut off",
  "A-3": "Attention to label words against the answer",
  "A-4": "Re-weighted label words",
  "A-5": "Label words alone",
  "A-6": "Which classes are confused",
  control: "A model without anchors",
} as const;

export const introduction: Introduction = {
  title: "Label words as anchors, in miniature",
  lead: "Tiny models are trained to learn labels from demonstrations in the prompt. What the paper claims of large ones is measured on them: label words collect the demonstrations' information in shallow layers, and the answer reads it from there in deep ones.",
  terms: [
    ["label word", "the token that names the answer of a demonstration in the prompt"],
    [
      "saliency",
      "attention times its gradient: what a piece of attention does to the loss; S_wp, S_pq and S_ww are its mean from text to label words, from label words to the answer, and elsewhere",
    ],
    [
      "loyalty",
      "share of answers that stay the same after a change to the model or its prompt: of labels, or of the five likeliest words",
    ],
    ["AUCROC", "area under the ROC curve (true against false positive rate); one half is chance"],
    [
      "anchors, control",
      "models whose queries and keys start alike, so that equal tokens attend to each other, and models that start without that",
    ],
    [
      "hidden-anchor, text-anchor",
      "of the demonstrations only label words and format tokens are kept: their hidden states in each layer, or the tokens as text",
    ],
    [
      "hidden-random, labels-only, format-only, none",
      "random text tokens in place of the label words; only label words; only format; nothing",
    ],
    [
      "look-alike, siblings",
      "models of topics that come in pairs, the siblings, which share words and are easily confused",
    ],
    [
      "predicted distance",
      "of two classes' label words by their attention keys, relative to the largest",
    ],
  ],
};
