import { study } from "@deepgrain/lab";
import { limitThreads } from "../shared/one-thread-backend";
import { openSized } from "../shared/open-sized";
import { studyModule } from "../shared/study-module";
import { claims, unasked } from "./claims";
import { comparisonResultSchema } from "./comparison-result";
import { finding } from "./finding";
import { experiments, introduction } from "./introduction";
import { comparisonSettings } from "./recipe";
import { picture, sections } from "./report";
import { trainAndMeasure } from "./train-and-measure";
import { type Variant, variants } from "./variants";

/** The experiments of the paper on tiny models: every one is trained at every seed, then measured. */
export const labelWords = study({
  name: "label-words",
  ...introduction,
  module: studyModule("label-words"),
  exportName: "labelWords",
  settings: comparisonSettings.default,
  experiments,
  variants,
  async *run(variant: Variant, seed, { settings, signal, threads }) {
    limitThreads(threads);
    return yield* trainAndMeasure(variant, seed, { settings, signal });
  },
  parse: (result: unknown) => comparisonResultSchema.parse(result),
  claims,
  unasked,
  finding,
  picture,
  sections,
});

/** Opens the study. */
export const open = openSized(labelWords, { sizes: comparisonSettings });
