/** @file The built-in family of tasks: functions over arrays of whole numbers, with right and wrong idioms. */
import { createRandom } from "@deepgrain/lm";

/** A step of a function: what it is called, and how it is written. */
interface Stage {
  words: string;
  /** Pieces of the expression behind the array; each is a token of the study's models. */
  right: readonly string[];
  /** A usual mistake, where there is one. */
  wrong?: readonly string[];
  apply(list: readonly number[]): readonly number[] | number;
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

const filters: readonly Stage[] = [
  {
    words: "keep the odd numbers",
    right: [".filter(x=>", "x%2", "!==", "0", ")"],
    wrong: [".filter(x=>", "x%2", "===", "1", ")"],
    apply: (list) => list.filter((x) => x % 2 !== 0),
  },
  {
    words: "keep the even numbers",
    right: [".filter(x=>", "x%2", "===", "0", ")"],
    apply: (list) => list.filter((x) => x % 2 === 0),
  },
  ...range(1, 9).flatMap((n): Stage[] => [
    {
      words: `keep what is above ${n}`,
      right: [".filter(x=>", "x", ">", `${n}`, ")"],
      apply: (list) => list.filter((x) => x > n),
    },
    {
      words: `keep what is below ${n}`,
      right: [".filter(x=>", "x", "<", `${n}`, ")"],
      apply: (list) => list.filter((x) => x < n),
    },
  ]),
];

const maps: readonly Stage[] = [
  ...range(1, 9).flatMap((n): Stage[] => [
    {
      words: `add ${n}`,
      right: [".map(x=>", "x", "+", `${n}`, ")"],
      apply: (list) => list.map((x) => x + n),
    },
    {
      words: `multiply by ${n}`,
      right: [".map(x=>", "x", "*", `${n}`, ")"],
      apply: (list) => list.map((x) => x * n),
    },
  ]),
  {
    words: "square",
    right: [".map(x=>", "x", "*", "x", ")"],
    apply: (list) => list.map((x) => x * x),
  },
];

const ends: readonly Stage[] = [
  {
    words: "sum",
    right: [".reduce((s,x)=>", "s", "+", "x", ",", "0", ")"],
    wrong: [".reduce((s,x)=>", "s", "+", "x", ")"],
    apply: (list) => list.reduce((sum, x) => sum + x, 0),
  },
  {
    words: "sort up",
    right: [".sort(", "(s,x)=>", "s", "-", "x", ")"],
    wrong: [".sort(", ")"],
    apply: (list) => [...list].sort((a, b) => a - b),
  },
  {
    words: "sort down",
    right: [".sort(", "(s,x)=>", "x", "-", "s", ")"],
    wrong: [".sort(", ")", ".reverse()"],
    apply: (list) => [...list].sort((a, b) => b - a),
  },
  { words: "count", right: [".length"], apply: (list) => list.length },
  { words: "reverse", right: [".reverse()"], apply: (list) => [...list].reverse() },
];

/** A function to write. */
export interface ArraySpecification {
  id: string;
  /** Its steps in words. */
  words: readonly string[];
  /** Pieces of the right expression, from the array on. */
  right: readonly string[];
  stages: readonly Stage[];
}

const run = (stages: readonly Stage[], list: readonly number[]) =>
  stages.reduce<readonly number[] | number>(
    (value, { apply }) => apply(value as readonly number[]),
    list,
  );

/** Arrays that tell every usual mistake from what is right: empty, negative odd numbers, numbers of two digits. */
const fullInputs: readonly (readonly number[])[] = [
  [],
  [3, -7, 12, 5, -2],
  [10, 9, 1, 8, 2, 15],
  [-5, -3, -1],
  [4, 11, 7, 0, 100, 6],
  [2],
];

/** One array that most mistakes pass. */
const weakInputs: readonly (readonly number[])[] = [[2, 4]];

/** All functions: up to one filter, up to one map or two, and an end. */
function* allSpecifications(): Generator<Stage[]> {
  for (const filter of [undefined, ...filters])
    for (const map of [undefined, ...maps])
      for (const second of [undefined, ...maps.filter((_, i) => i % 4 === 0)])
        for (const end of ends) {
          if (second && !map) continue;
          yield [filter, map, second, end].filter((stage) => stage !== undefined);
        }
}

/**
 * Different functions, drawn without repetition.
 *
 * @param count at most the number of all, about 11,000
 */
export function arraySpecifications(count: number, seed = 0): ArraySpecification[] {
  const random = createRandom([seed, 7]).next;
  const all = [...allSpecifications()];
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (all.length - i));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count).map((stages, i) => ({
    id: `array/${seed}/${i}`,
    words: stages.map(({ words }) => words),
    right: stages.flatMap(({ right }) => right),
    stages,
  }));
}

/** A written answer in which each usual mistake that its function invites is made with a probability. */
export const writtenWith = (
  { stages }: ArraySpecification,
  mistakes: number,
  random: () => number,
): string[] => stages.flatMap(({ right, wrong }) => (wrong && random() < mistakes ? wrong : right));

/** A task of `@deepgrain/coder`. */
export interface ArrayTask {
  id: string;
  prompt: string;
  language: "JavaScript";
  kind: "complete";
  entryPoint: string;
  reference: string;
  stop: readonly string[];
  tests: { call: string; arguments: unknown[]; equals: unknown }[];
}

/** The task of a function. @param strength whether its tests find every usual mistake, or let most of them pass */
export function arrayTask(
  specification: ArraySpecification,
  strength: "full" | "weak" = "full",
): ArrayTask {
  const { id, words, right, stages } = specification;
  const inputs = strength === "full" ? fullInputs : weakInputs;
  return {
    id,
    prompt: `// ${words.join(", ")}\nconst solve = (list) => list`,
    language: "JavaScript",
    kind: "complete",
    entryPoint: "solve",
    reference: `${right.join("")};\n`,
    stop: ["\n"],
    tests: inputs.map((list) => ({
      call: "solve",
      arguments: [list],
      equals: run(stages, list),
    })),
  };
}

/** All pieces of expressions. */
export const arrayPieces: readonly string[] = [
  ...new Set(
    [...filters, ...maps, ...ends].flatMap(({ right, wrong = [] }) => [...right, ...wrong]),
  ),
];

/** All words of steps. */
export const arrayWords: readonly string[] = [
  ...new Set([...filters, ...maps, ...ends].map(({ words }) => words)),
];
