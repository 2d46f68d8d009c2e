import { optionsOf, PrmError, real, refuseUnknown, whole } from "../errors";
import { hashText, seededRandom } from "../random/seeds";
import { solved } from "./solved";
import { between, distractions, numberRanges, oneOf, people, templates } from "./templates";
import type { WordProblem } from "./word-problem";

/** Options of {@link generateProblem}. */
export interface GenerateProblemOptions {
  /** Minimum and maximum number of steps, 2 to 8. Default `[2, 8]`. */
  readonly steps?: readonly [number, number] | undefined;
  /** Minimum and maximum number of irrelevant sentences. Default `[0, 2]`. */
  readonly distractors?: readonly [number, number] | undefined;
  /**
   * `"large"` (default): starts of 5 to 60, changes up to 40, factors up to 5, products up to 999. `"small"`: starts of 3 to
   * 12, changes up to 9, factors 2 and 3, products up to 60, for models that are too small to calculate.
   */
  readonly numbers?: "large" | "small" | undefined;
}

function checkSteps([low, high]: readonly [number, number]): void {
  if (Number.isInteger(low) && Number.isInteger(high) && low >= 2 && high <= 8 && low <= high)
    return;
  throw new PrmError(
    "ERR_RANGE",
    `generateProblem: steps must be [low, high] within 2 to 8, got [${low}, ${high}]`,
    { fields: { steps: [low, high] } },
  );
}

/** Inserts irrelevant sentences anywhere except at the start. */
function distract(sentences: readonly string[], count: number, random: () => number): string[] {
  const all = [...sentences];
  for (let i = 0; i < count; i++) {
    const sentence = oneOf(distractions, random)(oneOf(people, random), between(3, 90, random));
    all.splice(between(1, all.length, random), 0, sentence);
  }
  return all;
}

/**
 * A word problem of a random template with its right solution, every step of which is known.
 *
 * @param seed the same seed gives the same problem
 * @throws {PrmError} `ERR_RANGE` for steps outside 2 to 8, `ERR_ARGUMENT` for other numbers
 */
export function generateProblem(seed: number, options: GenerateProblemOptions = {}): WordProblem {
  const {
    steps = [2, 8],
    distractors = [0, 2],
    numbers = "large",
    ...rest
  } = optionsOf("generateProblem", options);
  refuseUnknown("generateProblem", rest);
  real("generateProblem", "seed", seed);
  checkSteps(steps);
  whole("generateProblem", "distractors", distractors[0], { min: 0 });
  whole("generateProblem", "distractors", distractors[1], { min: distractors[0] });
  if (!Object.hasOwn(numberRanges, numbers))
    throw new PrmError(
      "ERR_ARGUMENT",
      `generateProblem: numbers must be "large" or "small", got ${JSON.stringify(numbers)}`,
      { fields: { numbers } },
    );
  const range = numberRanges[numbers];
  const random = seededRandom(hashText("word problem", seed));
  const template = oneOf(templates, random);
  const story = template.write(between(steps[0], steps[1], random), range, random);
  const extra = between(distractors[0], distractors[1], random);
  const sentences = distract(story.sentences, extra, random);
  const known = { id: `world-${seed}`, template: template.name, distractors: extra };
  return { ...known, ...solved({ ...story, sentences }) };
}
