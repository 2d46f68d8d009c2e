import { join } from "node:path";
import { study } from "@deepgrain/lab";
import { saveJson, saveText } from "@deepgrain/support/files";
import type { ComparisonRequest, OpenedComparison } from "../shared/comparison";
import { fingerprintTexts } from "../shared/fingerprint";
import { limitThreads } from "../shared/one-thread-backend";
import { rememberLast } from "../shared/remember-last";
import { studyModule } from "../shared/study-module";
import type { WithData } from "../shared/with-data";
import { sweepClaims, unasked } from "./claims";
import { sweepText, type TextSizes } from "./corpus";
import { finding } from "./finding";
import { experiments, introduction } from "./introduction";
import { type SweepSettings, sweepSettings } from "./recipe";
import { picture, pooledFit, rowsOf, sweepSections } from "./report";
import { sweepResultSchema } from "./result";
import { runVariant } from "./run-variant";
import { sweepVariants } from "./variants";

/** Settings of the study. */
export type StudySettings = SweepSettings & WithData;

/** The texts are read once per thread. */
const textsOf = rememberLast((sizes: TextSizes, signal: AbortSignal) => sweepText(sizes, signal));

const textSizes = ({ characters, noise }: SweepSettings): TextSizes => ({ characters, noise });

/** Fingerprints of everything that trainings read. */
export async function fingerprintData(
  settings: SweepSettings,
  signal: AbortSignal,
): Promise<WithData> {
  const { english, noisy, validation } = await textsOf(textSizes(settings), signal);
  return { data: { texts: fingerprintTexts([english, noisy, validation]) } };
}

/** The scaling study of the DeepSeek LLM paper in miniature: each seed is a sweep of its own. */
export const scalingSweep = study({
  name: "deepseek-llm",
  ...introduction,
  module: studyModule("deepseek-llm"),
  exportName: "scalingSweep",
  settings: { ...sweepSettings.default, data: {} } as StudySettings,
  experiments,
  variants: sweepVariants,
  async *run(variant, seed, { settings, signal, threads, result }) {
    limitThreads(threads);
    const text = await textsOf(textSizes(settings), signal);
    return yield* runVariant(variant, seed, { settings, signal, result }, text);
  },
  parse: (result: unknown) => sweepResultSchema.parse(result),
  claims: sweepClaims,
  unasked,
  finding,
  picture,
  sections: sweepSections,
});

/** Opens the study, which leaves its table of runs and the fitted law beside its results. */
export async function open({ size, signal }: ComparisonRequest): Promise<OpenedComparison> {
  const sized = sweepSettings[size];
  return {
    study: scalingSweep,
    settings: { ...sized, ...(await fingerprintData(sized, signal)) },
    async save(runs, folder) {
      const lines = rowsOf(runs).map((row) => `${JSON.stringify(row)}\n`);
      await saveText(join(folder, "runs.jsonl"), lines.join(""));
      await saveJson(join(folder, "fit.json"), pooledFit(runs, "english").law);
    },
  };
}
