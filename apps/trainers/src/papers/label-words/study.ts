import { study } from "@deepgrain/lab";
import { limitThreads } from "../one-thread-backend";
import { claims } from "./claims";
import { comparisonResultSchema } from "./comparison-result";
import { finding } from "./finding";
import { introduction } from "./introduction";
import { comparisonSettings } from "./recipe";
import { sections } from "./report";
import { trainAndMeasure } from "./train-and-measure";
import { experiments, type Variant, variants } from "./variants";

/** The experiments of the paper on tiny models: every one is trained at every seed, then measured. */
export const labelWords = study({
  name: "label-words",
  ...introduction,
  module: new URL("./study-label-words.js", import.meta.url).href,
  exportName: "labelWords",
  settings: comparisonSettings.default,
  experiments,
  variants,
  async *run(variant: Variant, seed, { settings, signal, threads }) {
    limitThreads(threads);
    return yield* trainAndMeasure(variant, seed, { settings, signal });
  },
  parse: (result) => comparisonResultSchema.parse(result),
  claims,
  finding,
  sections,
});
