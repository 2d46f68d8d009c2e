import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  criteria: "The five criteria of codable marking",
  gate: "Vanilla marking alone, for the gate",
  proxy: "An n-gram model as the proxy",
  schemes: "Other schemes",
} as const;

export const introduction: Introduction = {
  title: "Watermarks in generated text, compared",
  lead: "Every scheme marked the same number of texts, from the same beginnings, by the same model. Those that carry a payload carried random bits under a random key, anew for each text.",
  terms: [
    [
      "KGW",
      "a green list of tokens, drawn from the key and the tokens before, gets a bonus (Kirchenbauer et al. 2023); left-hash, min-hash and self-hash differ in the tokens that the list depends on, hard allows green tokens only",
    ],
    ["Unigram", "one green list for the whole text (Zhao et al. 2023)"],
    ["EXP", "the key chooses the token, without distortion on average over keys (Aaronson 2022)"],
    ["SynthID-Text", "a tournament of sampled tokens, judged by the key (Dathathri et al. 2024)"],
    ["MPAC", "each context carries one digit of the payload (Yoo et al. 2024)"],
    [
      "Reed-Solomon segments",
      "pieces of an error-correcting code, shared out by context (Qu et al. 2024)",
    ],
    [
      "CTWL",
      "codable text watermarking: the payload chooses half of the vocabulary (Wang et al. 2024); vanilla takes a half by hash, Balance-Marking a half of equal probability under a proxy language model: the model that writes, unless an n-gram model is named; the bonus δ is added to the logits of the half",
    ],
    [
      "detection p",
      "how often unmarked text looks as marked as this by chance; the p of claims is that of a test over seeds",
    ],
  ],
};
