import type { Task } from "../shared/tasks/tuning-tasks";

/** The scope of a mean of the paper's marks: its tasks of a kind, all its tasks, or its general benchmarks. */
export type MarkKind = Task["kind"] | "all" | "general";

const marks: Readonly<Record<string, Readonly<Record<MarkKind, number>>>> = {
  vanilla: { enhancement: 40.6, adaptation: 26.8, all: 33.6, general: 62.4 },
  full: { enhancement: 43.5, adaptation: 58.4, all: 51.0, general: 58.8 },
  lora: { enhancement: 41.0, adaptation: 48.8, all: 44.9, general: 59.1 },
  "esft-token": { enhancement: 43.2, adaptation: 55.7, all: 49.4, general: 61.5 },
  "esft-gate": { enhancement: 43.3, adaptation: 57.2, all: 50.2, general: 60.6 },
};

/** General marks without general text mixed into fine-tuning. */
const unmixed: Readonly<Record<string, number>> = {
  full: 58.5,
  lora: 55.0,
  "esft-token": 62.3,
  "esft-gate": 62.2,
};

/**
 * The paper's marks of a method: the mean mark on its tasks of a kind (enhancement: mathematics and code, adaptation: the
 * other four), and on general benchmarks.
 * @see Wang et al. 2024 (ESFT), tables 1 and 2
 */
export function paperMarks(method: string, kind: Task["kind"]): string {
  const own = marks[method];
  return own ? `${own[kind].toFixed(1)}, ${own.general.toFixed(1)}` : "–";
}

/** Two methods' marks: "51.0 > 49.4". @see Wang et al. 2024 (ESFT), tables 1 and 2 */
export const comparedMarks = (better: string, worse: string, kind: MarkKind): string =>
  `${marks[better]![kind].toFixed(1)} > ${marks[worse]![kind].toFixed(1)}`;

/** Two methods' marks on general benchmarks, with general text mixed in and without. */
export const comparedRetention = (better: string, worse: string): string =>
  `general ${comparedMarks(better, worse, "general")}; ${unmixed[better]!.toFixed(1)} > ${unmixed[worse]!.toFixed(1)} unmixed`;

/** The paper's numbers for random experts against a method's. @see Wang et al. 2024 (ESFT), its analysis of random experts */
export const randomMarks = (method: "esft-token" | "esft-gate"): string =>
  `${method === "esft-token" ? "2.8" : "4.4"} points better`;
