import { existsSync } from "node:fs";
import { type RunEvent, study, type Variant } from "@deepgrain/lab";
import { removeFolder } from "@deepgrain/support/files";
import { limitThreads, onOneThread } from "../shared/one-thread-backend";
import { openSized } from "../shared/open-sized";
import { rememberLast } from "../shared/remember-last";
import { studyModule } from "../shared/study-module";
import type { TaskId } from "../shared/tasks/tuning-task-ids";
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
import { experiments, introduction } from "./introduction";
import {
  groupMethods,
  type Method,
  mainMethods,
  partMethods,
  rateMethods,
  sweepMethods,
  timedMethods,
  variedTasksOf,
} from "./methods";
import { type EsftResult, resultSchema, tuningId } from "./quantities";
import { type EsftSettings, esftSettings } from "./recipe";
import { picture, sections } from "./report";
import { agreeOnSamples, scoreBase } from "./score-base";
import { measureCosts, tuneBase } from "./tune-base";

/** Settings of the study. */
export type StudySettings = EsftSettings & WithData;

/** A run per seed: a base model, a fine-tuning of it on a task by a method, or what is measured of it. */
interface EsftVariant extends Variant {
  task?: TaskId;
  method?: Method;
  /** Experts of a group, in a coarser base model. */
  groups?: number;
}

const baseId = (groups = 1): string => (groups === 1 ? "base" : `base-groups-${groups}`);

const tuning = (task: TaskId, method: Method, needed: readonly string[]): EsftVariant => ({
  id: tuningId(task, method.id),
  name: `${task}, ${method.name}`,
  task,
  method,
  weight: method.rate === 0 ? 0.3 : 1.3,
  experiments: needed,
  after: [baseId(method.groups)],
});

/** The base model, every fine-tuning, and the costs alone at the end; B-10 takes stored bytes from the methods it times. */
export function variantsOf(settings: EsftSettings): EsftVariant[] {
  const { tasks, pretrainSteps, tuneSteps, groupSizes } = settings;
  const main = ["B-3", "B-4", "B-5"];
  const neededFor = ({ id }: Method) => (timedMethods.includes(id) ? [...main, "B-10"] : main);
  return [
    {
      id: "base",
      name: "base model",
      weight: pretrainSteps / tuneSteps,
      experiments: Object.keys(experiments),
    },
    ...groupSizes.map((groups) => ({
      id: baseId(groups),
      name: `base model, experts in groups of ${groups}`,
      groups,
      after: ["base"],
      weight: 0.3,
    })),
    { id: "samples", name: "samples of the tasks", after: ["base"], weight: 0.5 },
    ...tasks.flatMap((task) => [
      ...mainMethods(settings).map((method) => tuning(task, method, neededFor(method))),
      ...rateMethods(settings).map((method) => tuning(task, method, ["B-4"])),
    ]),
    ...variedTasksOf(settings).flatMap((task) => [
      ...sweepMethods(settings).map((method) => tuning(task, method, ["B-5"])),
      ...partMethods(settings).map((method) => tuning(task, method, ["B-6"])),
      ...groupMethods(settings).map((method) => tuning(task, method, ["B-8"])),
    ]),
    { id: "costs", name: "costs", after: ["base"], isAlone: true, experiments: ["B-10"] },
  ];
}

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
