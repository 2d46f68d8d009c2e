import { existsSync } from "node:fs";
import { type RunEvent, study } from "@deepgrain/lab";
import { removeFolder } from "@deepgrain/support/files";
import { limitThreads, onOneThread } from "../shared/one-thread-backend";
import { openSized } from "../shared/open-sized";
import { rememberLast } from "../shared/remember-last";
import { studyModule } from "../shared/study-module";
import type { WithData } from "../shared/with-data";
import { storeGrouped, trainBase } from "./base-model";
import { claimsOf } from "./claims";
import {
  artifactsOf,
  fingerprintData,
  makeTokenizer,
  pretrainingBatches,
  readData,
  type SeedRun,
} from "./comparison-data";
import { finding } from "./finding";
import { gates } from "./gate";
import { experiments, introduction } from "./introduction";
import { type EsftResult, resultSchema } from "./quantities";
import { type EsftSettings, esftSettings } from "./recipe";
import { picture, sections } from "./report";
import { agreeOnSamples, scoreBase } from "./score-base";
import { measureCosts, tuneBase } from "./tune-base";
import { baseId, type EsftVariant, variantsOf } from "./variants";

/** Settings of the study. */
export type StudySettings = EsftSettings & WithData;

/** The texts are read once per thread. */
const dataOf = rememberLast(readData);

/** Trains the base model of a seed unless it is there, and scores its experts. */
async function* runBase(run: SeedRun): AsyncGenerator<RunEvent, EsftResult, void> {
  const { base, checkpoints } = run.files;
  if (!existsSync(base)) yield* trainBase(run);
  await removeFolder(checkpoints); // here, as a kill may come between the two
  return { scores: await scoreBase(run) };
}

/** The experiments of the ESFT paper in miniature: base models of several seeds, fine-tuned by every method. */
export const esft = study({
  name: "esft",
  ...introduction,
  module: studyModule("esft"),
  exportName: "esft",
  settings: { ...esftSettings.default, data: {} } as StudySettings,
  experiments,
  variants: variantsOf,
  async *prepare({ settings, artifacts, signal }) {
    const { tokenizer } = artifactsOf(artifacts, 0);
    if (existsSync(tokenizer)) return;
    yield { type: "progress", message: "training the tokenizer" };
    await makeTokenizer(tokenizer, settings, signal);
  },
  async *run(
    { id, task, method, groups = method?.groups }: EsftVariant,
    seed,
    { settings, artifacts, signal, threads, result },
  ): AsyncGenerator<RunEvent, EsftResult, void> {
    limitThreads(threads);
    const files = artifactsOf(artifacts, seed, groups);
    const data = await dataOf(files.tokenizer, settings, signal);
    const run = { settings, seed, data, files, signal };
    if (id === "base") return yield* runBase(run);
    if (id === "samples") return { agreement: await agreeOnSamples(run) };
    if (groups && !method) {
      const batches = pretrainingBatches(data, settings, seed);
      const fine = artifactsOf(artifacts, seed).base;
      await storeGrouped(fine, files.base, { size: groups, batches, signal });
      return { scores: await scoreBase(run) };
    }
    const scores = result<EsftResult>(baseId(groups)).scores!;
    const tuning = { ...run, scores, task: task ?? settings.tasks.at(-1)! };
    return method
      ? { tuning: yield* tuneBase(method, tuning) }
      : { costs: await onOneThread(() => measureCosts(tuning)) };
  },
  parse: (result: unknown): EsftResult => resultSchema.parse(result) as EsftResult,
  claims: claimsOf,
  gates,
  finding,
  picture,
  sections,
});

/** Opens the study. */
export const open = openSized(esft, {
  sizes: esftSettings,
  settingOf: { steps: "tuneSteps", lr: "ladder" },
  fingerprintData,
});
