import { listOf, PrmError } from "../errors";

/** A solution to choose from. */
export interface Candidate {
  /** The group of its answer, as `checker.key` gives it; null without an answer. */
  readonly key: string | null;
  /** The score of the solution; null without one. */
  readonly score: number | null;
}

/**
 * `"weighted"`: the answer whose solutions' scores sum highest (SC + RM), the default: more robust than the best
 * solution alone. `"majority"`: the most frequent answer (self-consistency). `"best-of-n"`: the solution with the
 * highest score.
 */
export type SelectionMethod = "weighted" | "majority" | "best-of-n";

/** The votes for one answer. */
export interface AnswerGroup {
  readonly key: string;
  /** Indices of its solutions. */
  readonly members: readonly number[];
  /** Σ of their scores. */
  readonly weight: number;
}

/** A choice with its reasons. */
export interface Selection {
  /** Index of the chosen solution; for votes the best-scored one with the answer. Null for no candidates. */
  readonly index: number | null;
  /** Answer groups in order of appearance. */
  readonly groups: readonly AnswerGroup[];
}

/** Votes per answer, in order of appearance; candidates without an answer form no group. */
export function answerGroups(candidates: readonly Candidate[]): AnswerGroup[] {
  const groups = new Map<string, { key: string; members: number[]; weight: number }>();
  for (const [i, { key, score }] of candidates.entries()) {
    if (key === null) continue;
    const group = groups.get(key) ?? { key, members: [], weight: 0 };
    group.members.push(i);
    group.weight += score ?? 0;
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Index of the first of the highest scores among `indices`; no score is below every score. */
function bestIndex(candidates: readonly Candidate[], indices: Iterable<number>): number | null {
  let best: number | null = null;
  for (const i of indices) {
    const [mine, theirs] = [candidates[i]!.score, best === null ? null : candidates[best]!.score];
    if (best === null || (mine !== null && (theirs === null || mine > theirs))) best = i;
  }
  return best;
}

/**
 * Chooses among solutions. Ties go to the lowest index, or the answer seen first. Solutions without an answer cannot win
 * unless all lack one.
 *
 * @throws {PrmError} `ERR_ARGUMENT` for a score that is not finite
 * @see Wang et al. 2024 (Math-Shepherd), section 3.4, equations 5 and 6
 */
export function select(
  candidates: readonly Candidate[],
  method: SelectionMethod = "weighted",
): Selection {
  listOf("select", "candidates", candidates);
  const odd = candidates.findIndex(({ score }) => score !== null && !Number.isFinite(score));
  if (odd >= 0)
    throw new PrmError(
      "ERR_ARGUMENT",
      `select: score of candidate ${odd} is ${candidates[odd]!.score}`,
      {
        fields: { index: odd },
      },
    );
  const groups = answerGroups(candidates);
  const all =
    groups.length === 0
      ? candidates.keys()
      : groups.flatMap(({ members }) => members).sort((a, b) => a - b);
  if (method === "best-of-n" || groups.length === 0)
    return { index: bestIndex(candidates, all), groups };
  const size = ({ members, weight }: AnswerGroup) =>
    method === "majority" ? members.length : weight;
  const winner = groups.reduce((best, group) => (size(group) > size(best) ? group : best));
  return { index: bestIndex(candidates, winner.members), groups };
}
