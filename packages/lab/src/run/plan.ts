import { join } from "node:path";
import { hashOf } from "@deepgrain/support/files";
import { fail } from "../errors";
import type { ReportOptions } from "../report/study-report";
import { claimsOf, variantsOf } from "../study/check-study";
import type { RunRecord } from "../study/runs";
import type { Study, Variant } from "../study/study";
import type { Executor, RunKey } from "./executor";
import { assertPlainData } from "./run-file";
import type { NamedRun } from "./study-event";

/** The part of a study to run, and where. */
export interface RunStudyOptions<S> {
  /** Folder of the study; finished runs in it are kept. */
  folder: string;
  /** Default: the study's. */
  settings?: S | undefined;
  /** Paired: every variant is run at each of them. */
  seeds: readonly number[];
  /** Ids of experiments. Default all. */
  experiments?: readonly string[] | undefined;
  /** Where runs are done; it is closed at the end. Default: one after the other on this thread. */
  executor?: Executor | undefined;
  signal?: AbortSignal | undefined;
  /** Versions to be noted in each file, by name. */
  versions?: Readonly<Record<string, string>> | undefined;
  /** Judges the study in the end and saves its report as `saveReport` does, with the folder still locked. Default: no report. */
  report?: ReportOptions | undefined;
}

/** A run to be done. */
export interface Cell {
  variant: Variant;
  about: NamedRun;
  path: string;
  key: RunKey;
  /** Those whose results it reads. */
  after: readonly Cell[];
}

/** Finished runs. */
export type Finished<R> = Map<Cell, RunRecord<R>>;

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
    fail("ERR_ARGUMENT", message, { experiment: unknown });
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

/**
 * A study with settings, seeds and folder chosen; its cells seed by seed, so that an interrupted study has complete pairs.
 * @throws {LabError} `ERR_ARGUMENT` for wrong seeds or experiments, `ERR_RESULT` for settings that are not plain data
 */
export function planOf<S, R>(
  study: Study<S, R>,
  {
    settings = study.settings,
    seeds,
    experiments,
    folder,
  }: Pick<RunStudyOptions<S>, "settings" | "seeds" | "experiments" | "folder">,
) {
  const areDifferent = new Set(seeds).size === seeds.length && seeds.every(Number.isSafeInteger);
  if (seeds.length === 0 || !areDifferent) {
    const message = `lab/runStudy: seeds must be different whole numbers, at least one, got [${seeds.join(", ")}]`;
    fail("ERR_ARGUMENT", message, { seeds });
  }
  assertPlainData(settings, `the settings of "${study.name}"`);
  const mark = { study: study.name, version: study.version ?? 1, settings };
  const common = { study: study.name, fingerprint: hashOf(mark, 16) };
  const variants = selectVariants(study, settings, experiments);
  const cells = seeds.flatMap((seed) => {
    const own = new Map<string, Cell>();
    for (const variant of variants) {
      const { id, name = id, after = [] } = variant;
      own.set(id, {
        variant,
        about: { name: `seed ${seed}, ${name}`, variant: id, seed },
        path: join(folder, "runs", id, `seed-${seed}.json`),
        key: { ...common, variant: id, seed },
        after: after.map((other) => own.get(other)!),
      });
    }
    return [...own.values()];
  });
  const chosen = experiments ?? Object.keys(study.experiments ?? {});
  return { settings, experiments: chosen, cells, mark };
}
