import { measure, resultsOf, type StudyRuns, study, type Variant } from "@deepgrain/lab";
import { limitThreads } from "../shared/one-thread-backend";
import { studyModule } from "../shared/study-module";
import { gridOf, type MethodId, type MethodSettings, methodIds } from "./methods";
import { type FederationSettings, tuningSettings } from "./recipe";
import { type Score, scoreMethod, scoreSchema } from "./score-method";

interface TuningVariant extends Variant {
  method: MethodId;
  own: MethodSettings;
}

/** Every method with every setting of its grid. */
const variants: readonly TuningVariant[] = methodIds.flatMap((method) =>
  gridOf(method).map((own, i) => ({
    id: `${method}/${i}`,
    name: `${method} ${JSON.stringify(own)}`,
    method,
    own,
  })),
);

const accuracy = measure("validation accuracy", (score: Score) => score.accuracy);

/** Minimum improvement over the published setting: a smaller one is attributed to chance. */
export const LEAST_GAIN = 0.005;

/**
 * The setting of each method with the best mean validation accuracy; the published one where no other is better by at least
 * half a point.
 */
export function chooseSettings(
  runs: Pick<StudyRuns<unknown, Score>, "runs">,
): Partial<Record<MethodId, MethodSettings>> {
  const meanOf = (method: MethodId, i: number) => {
    const scores = resultsOf(runs, `${method}/${i}`);
    return scores.reduce((sum, score) => sum + score.accuracy, 0) / scores.length;
  };
  const tuned = methodIds.filter((method) => gridOf(method).length > 0);
  return Object.fromEntries(
    tuned.map((method) => {
      const grid = gridOf(method);
      const means = grid.map((_, i) => meanOf(method, i));
      const best = Math.max(...means);
      return [method, grid[best - means[0]! >= LEAST_GAIN ? means.indexOf(best) : 0]!];
    }),
  );
}

/** Tries the settings of every method on rows and seeds that the comparison does not use. */
export const redgrapeTuning = study({
  name: "redgrape-tuning",
  title: "Settings of the methods, tried on validation rows",
  module: studyModule("redgrape"),
  exportName: "redgrapeTuning",
  settings: tuningSettings("fashion-mnist") as FederationSettings,
  variants,
  async *run({ method, own }: TuningVariant, seed, { settings, signal, threads }) {
    limitThreads(threads);
    return yield* scoreMethod({ method, own }, seed, settings, signal);
  },
  parse: (score) => scoreSchema.parse(score),
  claims: methodIds.flatMap((method) =>
    gridOf(method)
      .slice(1)
      .map((_, i) => ({
        lower: accuracy(`${method}/0`),
        higher: accuracy(`${method}/${i + 1}`),
        paper: "published setting first",
      })),
  ),
});
