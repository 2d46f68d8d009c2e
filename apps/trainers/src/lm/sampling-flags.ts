import * as flags from "../cli/flags";

/** How tokens are chosen. */
export const samplingFlags = {
  greedy: flags.flag({ help: "Take the most likely token instead of sampling" }),
  temperature: flags.real({
    min: 0.01,
    default: 0.8,
    help: "Sampling temperature; lower is more predictable",
  }),
  topK: flags.whole({ help: "Sample from the k most likely tokens only" }),
  topP: flags.real({ max: 1, help: "Sample from the most likely tokens with this total share" }),
  repetitionPenalty: flags.real({
    min: 0.01,
    help: "Above 1, tokens that occurred are less likely",
  }),
  seed: flags.whole({ default: 0, help: "Same seed, same text" }),
};
