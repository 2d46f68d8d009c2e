/** @file The numbers that recordings hold, and those that a text gives of them. */
import {
  confidenceInterval,
  estimateOf,
  judge,
  measure,
  type StudyRuns,
  studyPage,
} from "@deepgrain/lab";
import { foundAt } from "../../balance-marking/frontier";
import { perplexityRatio } from "../../balance-marking/measures";
import type { ComparedRow, ComparisonSettings } from "../../balance-marking/recipe";
import { mainMethods, partMethods, rateMethods, sweepMethods } from "../../esft/methods";
import { type EsftResult, tuned } from "../../esft/quantities";
import type { EsftSettings } from "../../esft/recipe";
import { recordedRuns, recordedStudies, recordingsOf } from "./recordings";

/** A number as it is written: its value, and half of its last digit. */
interface Written {
  value: number;
  half: number;
}

function written(text: string): Written {
  const plain = text.replaceAll("−", "-").replaceAll(",", "").replace("+", "");
  const decimals = plain.split(".")[1]?.length ?? 0;
  return { value: Number(plain), half: 0.5 * 10 ** -decimals };
}

const NUMBER = "[+−]?\\d[\\d,]*(?:\\.\\d+)?";

/** "79.5 ± 0.4" and "5.4 (3.9 to 6.8)", also with "points" or "95 % interval" between. */
const PATTERNS = [
  new RegExp(`(${NUMBER})(?: %)? ± (\\d+(?:\\.\\d+)?)`, "g"),
  new RegExp(
    `(${NUMBER})(?: (?:points|nats per byte|bits per byte))? \\((?:95 % interval )?(${NUMBER}) to (${NUMBER})(?=[,;)])`,
    "g",
  ),
];

/** The estimates of a text that have an error or an interval: the text, and its numbers. */
export function estimatesIn(text: string): { said: string; numbers: Written[] }[] {
  const flat = text.replace(/\s+/g, " ");
  return PATTERNS.flatMap((pattern) =>
    [...flat.matchAll(pattern)].map(([said, ...numbers]) => ({
      said,
      numbers: numbers.map(written),
    })),
  );
}

/** The numbers of one estimate: mean and error, or mean and interval. */
type Estimate = readonly number[];

/** Estimates that a README gives and that neither a claim nor a report has. */
const more: Readonly<Record<string, () => Estimate[]>> = {
  /** Numbers that the table of schemes prints without errors. */
  "balance-marking"() {
    const runs = recordedRuns("balance-marking") as StudyRuns<ComparisonSettings, ComparedRow>;
    const measures = [
      ...[0, 0.1].map((share) => measure(`found at ${share}`, foundAt(share).of)),
      perplexityRatio,
      ...(["distinct2", "distinct2Unmarked", "encodeMicros"] as const).map((key) =>
        measure(key, (row: ComparedRow) => row[key]),
      ),
    ];
    const ids = [...new Set(runs.runs.map(({ variant }) => variant))];
    return measures.flatMap((of) =>
      ids.map((id): Estimate => {
        const { mean, standardError } = estimateOf(of(id), runs)!;
        return [mean, standardError ?? 0];
      }),
    );
  },
  /** Forgetting of every method, mean over its tasks. */
  esft() {
    const runs = recordedRuns("esft") as StudyRuns<EsftSettings, EsftResult>;
    const { tasks } = runs.settings;
    const methods = [mainMethods, rateMethods, partMethods, sweepMethods].flatMap((of) =>
      of(runs.settings),
    );
    return methods.flatMap(({ id }) => {
      const found = estimateOf(tuned("forgetting", id, "", tasks), runs);
      return found ? [[found.mean, found.standardError ?? 0]] : [];
    });
  },
};

/** A mean with its standard error, from the mean with the 95 % interval of Student's t over so many seeds. */
function withError([mean, low, high]: readonly Written[], seeds: number): Written[] {
  const [, t] = confidenceInterval({ mean: 0, standardError: 1, seeds })!;
  const width = Math.max(mean!.value - low!.value, high!.value - mean!.value); // one end may be cut off
  return [mean!, { value: width / t, half: (mean!.half + low!.half) / t }];
}

/** All that the recordings of a paper hold: of claims to the last digit, with the intervals that decided them and 95 % ones, and as their reports print the rest. */
export function recordedEstimates(paper: string): { exact: Estimate[]; printed: Written[][] } {
  const study = recordedStudies[paper]!;
  const exact: Estimate[] = [];
  const printed: Written[][] = [];
  for (const file of recordingsOf(paper)) {
    const recorded = recordedRuns(paper, file);
    const runs = { ...recorded, settings: { ...study.settings, ...recorded.settings } };
    const judgement = judge(study, runs);
    const usual = judge(study, runs, { verdicts: false }); // its intervals are 95 % ones
    for (const { lower, higher, difference } of [...judgement.claims, ...usual.claims]) {
      for (const { mean, standardError } of [lower, higher])
        if (mean !== null) exact.push([mean, standardError ?? 0]);
      const { mean, interval } = difference;
      if (mean !== null && interval) exact.push([mean, ...interval]);
    }
    const text = studyPage(study, runs, judgement).replace(/<[^>]*>/g, " ");
    for (const { numbers } of estimatesIn(text)) {
      printed.push(numbers);
      if (numbers.length === 3) printed.push(withError(numbers, runs.seeds.length));
    }
  }
  return { exact: [...exact, ...(more[paper]?.() ?? [])], printed };
}

/** Whether a number alone is one of an estimate's, whatever its sign. */
export function isRecordedNumber(
  text: string,
  { exact, printed }: ReturnType<typeof recordedEstimates>,
): boolean {
  const { value, half } = written(text);
  const isNear = (other: number, slack: number) =>
    Math.abs(Math.abs(value) - Math.abs(other)) <= slack * (1 + 1e-9);
  return (
    exact.some((one) => one.some((other) => isNear(other, half))) ||
    printed.some((one) => one.some((other) => isNear(other.value, half + other.half)))
  );
}

/** Whether written numbers are those of an estimate, perhaps with both sides changed over. */
export function isRecorded(
  numbers: readonly Written[],
  { exact, printed }: ReturnType<typeof recordedEstimates>,
): boolean {
  const [mean, ...ends] = numbers;
  const turned = [mean!, ...(ends.length === 2 ? ends.toReversed() : ends)].map((own, i) =>
    i > 0 && ends.length === 1 ? own : { ...own, value: -own.value },
  );
  const all: Written[][] = [
    ...exact.map((one) => one.map((value) => ({ value, half: 0 }))),
    ...printed,
  ];
  const isNear = (own: readonly Written[]) => (other: readonly Written[]) =>
    own.length === other.length &&
    own.every(({ value, half }, i) => {
      const slack = half + other[i]!.half;
      return Math.abs(value - other[i]!.value) <= slack * (1 + 1e-9);
    });
  return all.some(isNear(numbers)) || all.some(isNear(turned));
}
