import type { Task } from "./tasks";

/** [enhancement, adaptation, general] of a method: means of the paper's marks of each kind. */
const marks: Readonly<Record<string, readonly [number, number, number]>> = {
  vanilla: [40.6, 26.8, 62.4],
  full: [43.5, 58.4, 58.8],
  lora: [41.0, 48.8, 59.1],
  "esft-token": [43.2, 55.7, 61.5],
  "esft-gate": [43.3, 57.2, 60.6],
};

/**
 * What the paper gives a method: the mean mark on its tasks of a kind (enhancement: mathematics and code, adaptation: the
 * other four), and on general benchmarks.
 * @see Wang et al. 2024 (ESFT), tables 1 and 2
 */
export function paperMarks(method: string, kind: Task["kind"]): string {
  const own = marks[method];
  if (!own) return "–";
  return `${(kind === "enhancement" ? own[0] : own[1]).toFixed(1)}, ${own[2].toFixed(1)}`;
}
