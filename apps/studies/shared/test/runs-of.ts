import type { Study, StudyRuns } from "@deepgrain/lab";

const provenance = { commit: null, versions: {}, command: "" };

/** Runs of a study as if they had been done: results by variant, one per seed from 1. */
export function runsOf<S, R>(
  { name, settings, experiments = {} }: Study<S, R>,
  results: Readonly<Record<string, readonly R[]>>,
  chosen: Partial<Pick<StudyRuns<S, R>, "settings" | "experiments">> = {},
): StudyRuns<S, R> {
  const seeds = Math.max(...Object.values(results).map(({ length }) => length));
  return {
    study: name,
    settings,
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    experiments: Object.keys(experiments),
    runs: Object.entries(results).flatMap(([variant, own]) =>
      own.map((result, i) => ({ variant, seed: i + 1, result, seconds: 1, provenance })),
    ),
    ...chosen,
  };
}
