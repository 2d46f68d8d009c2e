/** Names of the features of one step; a model has a weight for each. */
export type StepFeatures = (
  problem: string,
  steps: readonly string[],
  index: number,
) => readonly string[];

const tokensOf = (text: string): string[] =>
  text.toLowerCase().match(/[a-z]+|\d+(?:\.\d+)?|[^\sa-z\d]/g) ?? [];
const isNumber = (token: string) => /^\d/.test(token);

/** Runs of 1 to `order` tokens; numbers count as one token `#`. */
function ngrams(text: string, order: number): string[] {
  const tokens = tokensOf(text).map((token) => (isNumber(token) ? "#" : token));
  const all: string[] = [];
  for (let size = 1; size <= order; size++)
    for (let i = 0; i + size <= tokens.length; i++)
      all.push(`n:${tokens.slice(i, i + size).join(" ")}`);
  return all;
}

const equation =
  /(?<![\d.])(-?\d+(?:\.\d+)?)\s*([-+*/])\s*(-?\d+(?:\.\d+)?)\s*=\s*(?:<<[^>]{0,100}>>)?\s*(-?\d+(?:\.\d+)?)/;

const values: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

/** Words of the problem, given as tokens, within four tokens of a number. */
function wordsNear(tokens: readonly string[], number: string): string[] {
  const near = new Set<string>();
  for (const [i, token] of tokens.entries())
    if (token === number)
      for (const word of tokens.slice(Math.max(0, i - 4), i + 5))
        if (!isNumber(word)) near.add(word);
  return [...near];
}

/** Checks of the first equation of a step: is it true, are its numbers known, does its operator fit the words around them? */
function checks(tokens: readonly string[], before: readonly string[], step: string): string[] {
  const match = equation.exec(step);
  if (!match) return ["equation:none"];
  const [, left, operator, right, result] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  const exact = values[operator]!(Number(left), Number(right));
  const known = new Set([...tokens, ...tokensOf(before.join(" "))]);
  return [
    `equation:${Math.abs(exact - Number(result)) < 1e-6 ? "true" : "false"}`,
    `left:${known.has(left) ? "known" : "new"}`,
    `right:${known.has(right) ? "known" : "new"}`,
    ...wordsNear(tokens, right).map((word) => `near:${word} ${operator}`),
  ];
}

/**
 * The features of the n-gram model: runs of up to `order` tokens of the step, whether its equation is true, whether its
 * numbers occurred before, the words of the problem near its second number together with its operator, and the same
 * checks of the steps before it.
 */
export const stepFeatures =
  (order = 2): StepFeatures =>
  (problem, steps, index) => {
    const tokens = tokensOf(problem);
    const checked = steps
      .slice(0, index + 1)
      .map((step, i) => checks(tokens, steps.slice(0, i), step));
    return [
      ...ngrams(steps[index]!, order),
      ...checked[index]!,
      ...checked
        .slice(0, index)
        .flat()
        .filter((check) => check !== "equation:true" && !check.endsWith(":known"))
        .map((check) => `before ${check}`),
    ];
  };
