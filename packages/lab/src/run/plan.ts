import { join } from "node:path";
import type { JudgeOptions } from "../claims/judge";
import { LabError } from "../errors";
import type { RunRecord } from "../study/runs";
import { claimsOf, type Study, type Variant, variantsOf } from "../study/study";
import type { Executor, RunTask } from "./executor";
import { assertPlainData, type RunKey } from "./run-file";
import { hashOf, type StudyMark } from "./study-folder";

/** What of a study is run, and where. */
export interface RunStudyOptions<S> {
  /** Folder of the study; finished runs in it are kept. */
  folder: string;
  /** Default: the study's. */
  settings?: S;
  /** Paired: every variant is run at each of them. */
  seeds: readonly number[];
  /** Ids of experiments. Default all. */
  experiments?: readonly string[];
  /** Where runs are done; it is closed at the end. Default: one after the other on this thread. */
  executor?: Executor;
  signal?: AbortSignal;
  /** Versions to be noted in each file, by name. */
  versions?: Readonly<Record<string, string>>;
  /** Judges the study in the end and saves its report as `saveReport` does, with the folder still locked. Default: no report. */
  report?: JudgeOptions;
}

/** A run to be done. */
export interface Cell {
  variant: Variant;
  /** For people: "seed 1, GShard". */
  name: string;
  path: string;
  key: RunKey;
  /** Ids of what it comes after, with the paths of their files. */
  after: readonly (readonly [id: string, path: string])[];
}

/** A study with settings, seeds and folder chosen. */
export interface Plan<S> {
  settings: S;
  experiments: readonly string[];
  /** Seed by seed, so that an interrupted study has complete pairs. */
  cells: readonly Cell[];
  mark: StudyMark;
  /** Folder of files that runs share. */
  artifacts: string;
}

/** Finished runs by the path of their file. */
export type Finished<R> = Map<string, RunRecord<R>>;

/**
 * The variants that experiments need, in the study's order: those that their claims read, those that name them, and what
 * these come after.
 */
function selectVariants<S, R>(
  study: Study<S, R>,
  settings: S,
  experiments: readonly string[] | undefined,
): readonly Variant[] {
  const all = variantsOf(study, settings);
  if (experiments === undefined) return all;
  const known = Object.keys(study.experiments ?? {});
  const unknown = experiments.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const message = `lab: study "${study.name}" has the experiments ${known.join(", ") || "(none)"}, got "${unknown}"`;
    throw new LabError("ERR_ARGUMENT", message, { fields: { experiment: unknown } });
  }
  const isChosen = (id: string | undefined) => id !== undefined && experiments.includes(id);
  const needed = new Set([
    ...claimsOf(study, settings)
      .filter(({ experiment }) => isChosen(experiment))
      .flatMap(({ lower, higher }) => [...lower.variants, ...higher.variants]),
    ...all.filter((variant) => variant.experiments?.some(isChosen)).map(({ id }) => id),
  ]);
  // `after` names earlier variants only, so one pass from the end finds all.
  for (const { id, after = [] } of [...all].reverse())
    if (needed.has(id)) for (const other of after) needed.add(other);
  return all.filter(({ id }) => needed.has(id));
}

/** @throws {LabError} `ERR_ARGUMENT` for wrong seeds or experiments, `ERR_RESULT` for settings that are not plain data */
export function planOf<S, R>(
  study: Study<S, R>,
  { settings = study.settings, seeds, experiments, folder }: RunStudyOptions<S>,
): Plan<S> {
  if (
    seeds.length === 0 ||
    !seeds.every(Number.isSafeInteger) ||
    new Set(seeds).size < seeds.length
  ) {
    const message = `lab/runStudy: seeds must be different whole numbers, at least one, got [${seeds.join(", ")}]`;
    throw new LabError("ERR_ARGUMENT", message, { fields: { seeds } });
  }
  assertPlainData(settings, `the settings of "${study.name}"`);
  const mark = { study: study.name, version: study.version ?? 1, settings };
  const common = { study: study.name, fingerprint: hashOf(mark, 16) };
  const pathOf = (id: string, seed: number) => join(folder, "runs", id, `seed-${seed}.json`);
  const cellOf = (variant: Variant, seed: number): Cell => ({
    variant,
    name: `seed ${seed}, ${variant.name ?? variant.id}`,
    path: pathOf(variant.id, seed),
    key: { ...common, variant: variant.id, seed },
    after: (variant.after ?? []).map((id) => [id, pathOf(id, seed)]),
  });
  const variants = selectVariants(study, settings, experiments);
  return {
    settings,
    experiments: experiments ?? Object.keys(study.experiments ?? {}),
    cells: seeds.flatMap((seed) => variants.map((variant) => cellOf(variant, seed))),
    mark,
    artifacts: join(folder, "artifacts"),
  };
}

/** A cell as plain data. @param finished what the cell comes after is in it */
export function taskOf<S, R>(
  { module, exportName = "study" }: Study<S, R>,
  { settings, artifacts }: Plan<S>,
  { key, after }: Cell,
  finished: Finished<R>,
): RunTask {
  const inputs = Object.fromEntries(after.map(([id, path]) => [id, finished.get(path)!.result]));
  return { module, exportName, ...key, settings, artifacts, inputs };
}
