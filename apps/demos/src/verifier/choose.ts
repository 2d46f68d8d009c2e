import { select } from "@deepgrain/prm";

/** A solution as the page has it. */
export interface Written {
  steps: readonly string[];
  stepScores: readonly number[];
  answer: string | null;
  key: string | null;
  score: number | null;
}

/** The choices among some solutions. */
export interface Chosen {
  answer: string | null;
  /** Share of the votes or of the weight, 0 to 1. */
  share: number;
  /** Index of the solution that stands for it. */
  index: number;
}

/** The two ways to choose an answer. */
export const ways = ["majority", "weighted"] as const;

export type Way = (typeof ways)[number];

/** Chooses among the first solutions. @see Wang et al. 2024 (Math-Shepherd), section 3.4, equations 5 and 6 */
export function choose(solutions: readonly Written[], n: number, way: Way): Chosen {
  const first = solutions.slice(0, n);
  const { index, groups } = select(first, way);
  const chosen = first[index!]!;
  const size = ({ members, weight }: (typeof groups)[number]) =>
    way === "majority" ? members.length : weight;
  const total = groups.reduce((sum, group) => sum + size(group), 0);
  const own = groups.find(({ key }) => key === chosen.key);
  return { answer: chosen.answer, share: own && total > 0 ? size(own) / total : 0, index: index! };
}
