import { join } from "node:path";
import { LabError } from "../errors";
import type { RunRecord } from "../study/runs";
import { selectVariants } from "../study/select-variants";
import type { Study, Variant } from "../study/study";
import type { Executor, RunTask } from "./executor";
import { fingerprint, type StudyMark } from "./fingerprint";
import { assertPlainData } from "./plain-data";
import type { RunKey } from "./run-file";

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

function checkSeeds(seeds: readonly number[]): void {
  const wrong = seeds.find((seed, i) => !Number.isSafeInteger(seed) || seeds.indexOf(seed) !== i);
  if (wrong === undefined && seeds.length > 0) return;
  const message = `lab/runStudy: seeds must be different whole numbers, at least one, got [${seeds.join(", ")}]`;
  throw new LabError("ERR_ARGUMENT", message, { fields: { seeds } });
}

/** @throws {LabError} `ERR_ARGUMENT` for wrong seeds or experiments, `ERR_RESULT` for settings that are not plain data */
export function planOf<S, R>(
  study: Study<S, R>,
  { settings = study.settings, seeds, experiments, folder }: RunStudyOptions<S>,
): Plan<S> {
  checkSeeds(seeds);
  assertPlainData(settings, `the settings of "${study.name}"`);
  const mark = { study: study.name, version: study.version ?? 1, settings };
  const common = { study: study.name, fingerprint: fingerprint(mark) };
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
