import { join } from "node:path";
import { type Study, study } from "@deepgrain/lab";
import { limitThreads } from "../shared/one-thread-backend";
import { studyModule } from "../shared/study-module";
import type { WithData } from "../shared/with-data";
import { claimsOf, unasked } from "./claims";
import { finding } from "./finding";
import { gates } from "./gate";
import { copyGraphs, graphData } from "./graph-data";
import { experiments, introduction } from "./introduction";
import { type ComparisonSettings, comparisonSettings } from "./recipe";
import { picture, sections } from "./report";
import { trainVariant } from "./train-variant";
import { type TrainingResult, trainingResultSchema } from "./training-result";
import { type Variant, variantsOf } from "./variants";

/** Settings of the study. */
export type StudySettings = ComparisonSettings & WithData;

/** ReNode's experiments: six graph networks trained with and without its weights, on paired splits of two citation graphs. */
export const renodeStudy = study({
  name: "renode",
  ...introduction,
  module: studyModule("renode"),
  exportName: "renodeStudy",
  settings: { ...comparisonSettings.default, data: {} } as StudySettings,
  experiments,
  variants: variantsOf,
  async *run(variant: Variant, seed, { settings, artifacts, signal, threads }) {
    limitThreads(threads);
    const data = await graphData(join(artifacts, variant.graph));
    return yield* trainVariant(variant, seed, { data, settings, signal });
  },
  parse: (result: unknown) => trainingResultSchema.parse(result),
  claims: claimsOf,
  gates,
  unasked,
  finding,
  picture,
  sections,
});

/** The study with the graphs of a folder. */
export const studyOf = (folder: string): Study<StudySettings, TrainingResult, Variant> => ({
  ...renodeStudy,
  async *prepare({ artifacts, settings: { graphs } }) {
    yield { type: "progress", message: "copying the graphs" };
    await copyGraphs(folder, artifacts, graphs);
  },
});
