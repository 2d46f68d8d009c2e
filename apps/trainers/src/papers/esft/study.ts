import { existsSync } from "node:fs";
import { removeFolder } from "@deepgrain/files";
import { type RunContext, type RunEvent, study } from "@deepgrain/lab";
import type { WithData } from "../compare-study";
import { limitThreads, onOneThread } from "../one-thread-backend";
import { artifactsOf, trainBase } from "./base-model";
import { claimsOf } from "./claims";
import { type ComparisonData, makeTokenizer, readData } from "./comparison-data";
import { measureCosts } from "./measure-costs";
import { type EsftResult, resultSchema } from "./quantities";
import { type EsftSettings, esftSettings } from "./recipe";
import { sections } from "./report";
import { type BaseScores, scoreBase } from "./score-base";
import { tuneBase } from "./tune-base";
import { type EsftVariant, experiments, variantsOf } from "./variants";

/** Settings of the study. */
export type StudySettings = EsftSettings & WithData;

let read: { key: string; data: Promise<ComparisonData> } | undefined;

/** The texts are read once per thread. */
function dataOf(
  path: string,
  settings: EsftSettings,
  signal: AbortSignal,
): Promise<ComparisonData> {
  const key = JSON.stringify([path, settings]);
  if (read?.key !== key) read = { key, data: readData(path, settings, signal) };
  return read.data;
}

/** Trains the base model of a seed unless it is there, and scores its experts. */
async function* runBase(
  seed: number,
  data: ComparisonData,
  { settings, artifacts, signal }: RunContext<StudySettings>,
): AsyncGenerator<RunEvent, BaseScores, void> {
  const { base, checkpoints } = artifactsOf(artifacts, seed);
  if (!existsSync(base)) yield* trainBase(seed, settings, data, { artifacts, signal });
  await removeFolder(checkpoints); // here, as a kill may come between the two
  return scoreBase(settings, data, { base, signal });
}

/** The experiments of the ESFT paper in miniature: base models of several seeds, fine-tuned by every method. */
export const esft = study({
  name: "esft",
  title: "Expert-specialised fine-tuning, compared in miniature",
  lead: "The experiments of the ESFT paper on small DeepSeekMoE models, each trained on prose, code, licences and compiler messages, then fine-tuned on tasks by ESFT, LoRA, full and random choice.",
  module: new URL("./study-esft.js", import.meta.url).href,
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
    { id, task, method }: EsftVariant,
    seed,
    context,
  ): AsyncGenerator<RunEvent, EsftResult, void> {
    const { settings, artifacts, signal, threads } = context;
    limitThreads(threads);
    const { tokenizer, base } = artifactsOf(artifacts, seed);
    const data = await dataOf(tokenizer, settings, signal);
    if (id === "base") return { scores: yield* runBase(seed, data, context) };
    const { scores } = context.result<EsftResult>("base") as { scores: BaseScores };
    const input = { settings, scores, seed, task: task ?? settings.tasks.at(-1)! };
    const options = { base, data, signal };
    return method
      ? { tuning: yield* tuneBase(method, input, options) }
      : { costs: await onOneThread(() => measureCosts(input, options)) };
  },
  parse: (result) => resultSchema.parse(result) as EsftResult,
  claims: claimsOf,
  sections,
});
