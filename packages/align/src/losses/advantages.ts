import {
  AlignError,
  finite,
  listOf,
  oneOf,
  optionsOf,
  real,
  refuseUnknown,
  shape,
  whole,
} from "../errors";

/** Options of {@link groupAdvantages} and {@link processAdvantages}. */
export interface AdvantageOptions {
  /** The divisor of rewards: the group's standard deviation (default), that of the whole batch, or none. */
  scale?: "group" | "batch" | "none" | undefined;
  /** 1 for the sample's standard deviation, 0 for the population's. Default 1. */
  correction?: 0 | 1 | undefined;
  /** Added to the standard deviation, at least 0. Default 1e-4. */
  epsilon?: number | undefined;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

function deviationOf(values: readonly number[], correction: number): number {
  if (values.length <= correction) return 0;
  const mean = meanOf(values);
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - correction));
}

/** Centres and scales each group; groups whose values are all equal become 0. */
function normalise(groups: readonly (readonly number[])[], options: AdvantageOptions): number[][] {
  const { scale = "group", correction = 1, epsilon = 1e-4 } = options;
  oneOf("groupAdvantages", "scale", scale, ["group", "batch", "none"]);
  real("groupAdvantages", "epsilon", epsilon, { min: 0 });
  const batch = scale === "batch" ? deviationOf(groups.flat(), correction) : 0;
  return groups.map((group) => {
    if (group.every((value) => value === group[0])) return group.map(() => 0);
    const mean = meanOf(group);
    const own = scale === "batch" ? batch : deviationOf(group, correction);
    const divisor = scale === "none" ? 1 : own + epsilon;
    return group.map((value) => (value - mean) / divisor);
  });
}

/**
 * The weighted sum of several rewards per answer.
 *
 * @param rewards one list per reward function, each with one finite number per answer
 * @param weights one per function. Default: 1 each
 * @throws {AlignError} `ERR_SHAPE` when lengths differ; `ERR_NOT_FINITE` for a reward that is NaN or infinite
 */
export function combineRewards(
  rewards: readonly ArrayLike<number>[],
  weights?: ArrayLike<number>,
): Float64Array {
  const place = "combineRewards";
  for (const [f, list] of listOf(place, "rewards", rewards).entries())
    listOf(place, `rewards[${f}]`, list);
  const factors = listOf(place, "weights", weights ?? rewards.map(() => 1));
  shape(place, "weights", [factors.length], [rewards.length]);
  const total = new Float64Array(rewards[0]?.length ?? 0);
  for (const [f, list] of rewards.entries()) {
    shape(place, `rewards[${f}]`, [list.length], [total.length]);
    finite(place, `rewards[${f}]`, list);
    for (let i = 0; i < total.length; i++) total[i]! += factors[f]! * list[i]!;
  }
  return total;
}

/** Splits answers into groups. @throws {AlignError} `ERR_SHAPE` when the last group is incomplete */
function groupsOf<T>(caller: string, answers: readonly T[], groupSize: number): T[][] {
  whole(caller, "groupSize", groupSize, { min: 1 });
  if (answers.length === 0 || answers.length % groupSize !== 0)
    throw new AlignError(
      "ERR_SHAPE",
      `align/${caller}: the number of answers must be a multiple of groupSize ${groupSize} above 0, got ${answers.length}`,
      { fields: { answers: answers.length, groupSize } },
    );
  return Array.from({ length: answers.length / groupSize }, (_, g) =>
    answers.slice(g * groupSize, (g + 1) * groupSize),
  );
}

/**
 * Advantages under outcome supervision: A_i = (r_i − mean of the group) / (its standard deviation + ε), 0 in groups whose
 * rewards are all equal.
 *
 * @param rewards one per answer, those of one prompt adjacent
 * @param groupSize answers per prompt, at least 1
 * @returns one advantage per answer, in order
 * @throws {AlignError} `ERR_SHAPE` when the last group is incomplete; `ERR_RANGE` for options; `ERR_NOT_FINITE` for a
 * reward
 * @see Shao et al. 2024 (DeepSeekMath), section 4.1.2
 */
export function groupAdvantages(
  rewards: ArrayLike<number>,
  groupSize: number,
  options: AdvantageOptions = {},
): Float64Array {
  const { scale, correction, epsilon, ...rest } = optionsOf("groupAdvantages", options);
  refuseUnknown("groupAdvantages", rest);
  listOf("groupAdvantages", "rewards", rewards);
  finite("groupAdvantages", "rewards", rewards);
  const groups = groupsOf("groupAdvantages", Array.from(rewards), groupSize);
  return Float64Array.from(normalise(groups, { scale, correction, epsilon }).flat());
}

/** The rewards of one answer's steps. */
export interface StepRewards {
  /** Position of each step's last token, ascending. */
  ends: readonly number[];
  /** One reward per step. */
  rewards: readonly number[];
}

function checkSteps(answers: readonly StepRewards[], length: number): void {
  for (const [i, { ends, rewards }] of answers.entries()) {
    shape("processAdvantages", `answers[${i}].rewards`, [rewards.length], [ends.length]);
    finite("processAdvantages", `answers[${i}].rewards`, rewards);
    const bad = ends.find(
      (end, j) => !Number.isSafeInteger(end) || end <= (ends[j - 1] ?? -1) || end >= length,
    );
    if (bad !== undefined)
      throw new AlignError(
        "ERR_RANGE",
        `align/processAdvantages: answers[${i}].ends must ascend within 0 … ${length - 1}, got ${ends.join(", ")}`,
        { fields: { answer: i, ends } },
      );
  }
}

/**
 * Advantages under process supervision: all step rewards of a group are normalised together, and
 * A_{i,t} is the sum of those of the steps that end at t or later.
 *
 * @param answers those of one prompt adjacent
 * @param groupSize answers per prompt, at least 1
 * @param length T, tokens of the longest answer
 * @returns shape [answers × T], row-major; 0 after an answer's last step
 * @throws {AlignError} `ERR_SHAPE`, `ERR_RANGE` or `ERR_NOT_FINITE` for invalid answers and options
 * @see Shao et al. 2024 (DeepSeekMath), section 4.1.3
 */
export function processAdvantages(
  answers: readonly StepRewards[],
  groupSize: number,
  length: number,
  options: AdvantageOptions = {},
): Float64Array {
  const { scale, correction, epsilon, ...rest } = optionsOf("processAdvantages", options);
  refuseUnknown("processAdvantages", rest);
  whole("processAdvantages", "length", length, { min: 1 });
  checkSteps(answers, length);
  const groups = groupsOf("processAdvantages", answers, groupSize);
  const normalised = normalise(
    groups.map((group) => group.flatMap(({ rewards }) => rewards)),
    { scale, correction, epsilon },
  ).flat();
  const advantages = new Float64Array(answers.length * length);
  let step = 0;
  for (const [i, { ends }] of answers.entries())
    for (const end of ends) {
      const reward = normalised[step++]!;
      for (let t = 0; t <= end; t++) advantages[i * length + t]! += reward;
    }
  return advantages;
}
