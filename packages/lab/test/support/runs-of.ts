import { type Claim, measure, type StudyRuns, study } from "@deepgrain/lab";

/** The measure of all these studies. */
export const loss = measure("loss", (result: number) => result);

/** The mark of a primary claim. */
export const primary = {
  sentence: "Less is lost",
  words: "substantial advantages",
  seeds: 3,
  named: "before the run",
} as const;

/** The same for claims of another relation, by words that make it so. */
export const wordsOf = {
  "<": "beats it",
  "≤": "comparable performance",
  "=": "unchanged",
} as const;

/** A study whose results are numbers by variant, with its runs at seeds 1, 2, … as if they had been done. */
export function studyOf(
  values: Readonly<Record<string, readonly number[]>>,
  claims: readonly Claim<number>[],
  experiments?: Readonly<Record<string, string>>,
) {
  const [first = []] = Object.values(values);
  const own = study({
    name: "numbers",
    title: "Numbers",
    settings: {},
    variants: Object.keys(values).map((id) => ({ id, name: id.toUpperCase() })),
    // biome-ignore lint/correctness/useYield: there is nothing to say
    async *run({ id }, seed): AsyncGenerator<never, number, void> {
      return values[id]![seed - 1]!;
    },
    claims,
    ...(experiments ? { experiments } : {}),
  });
  const provenance = { commit: null, versions: {}, command: "" };
  const runs: StudyRuns<object, number> = {
    study: "numbers",
    settings: {},
    seeds: first.map((_, i) => i + 1),
    experiments: Object.keys(experiments ?? {}),
    runs: Object.entries(values).flatMap(([variant, results]) =>
      results.map((result, i) => ({ variant, seed: i + 1, result, seconds: 1, provenance })),
    ),
  };
  return { own, runs };
}
