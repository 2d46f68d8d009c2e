/** Lines that a solution may have, and characters of each. */
export const [MOST_LINES, LONGEST] = [10, 40];

/** The sign between lines in an address. */
const BREAK = ";";

const CALCULATION = /^(-?\d{1,6})([-+*/])(-?\d{1,6})=(-?\d{1,6})$/;

/** A line with the signs that the models read: "6 × 2 = 12" as "6*2=12". */
const plain = (line: string): string =>
  line
    .replaceAll(/[×·]/g, "*")
    .replaceAll(/[÷:]/g, "/")
    .replaceAll(/[−–]/g, "-")
    .replaceAll(/\s/g, "");

/** The fault of a line; undefined if it is a calculation. */
function problemOfLine(line: string): string | undefined {
  if (line.trim() === "") return "is empty";
  if (line.length > LONGEST) return `has more than ${LONGEST} characters`;
  const text = plain(line);
  if (CALCULATION.test(text)) return undefined;
  const [word] = /\p{L}+/u.exec(text) ?? [];
  if (word) return `has “${word}”, which is not a number`;
  const [sign] = /[^\d+\-*/=.]/u.exec(text) ?? [];
  if (sign) return `has “${sign}”; the operators are + − * /`;
  return "is no calculation of two whole numbers such as 12 + 5 = 17";
}

/** The lines of a typed solution; empty ones at its end do not count. */
const linesIn = (text: string): string[] => text.trimEnd().split("\n");

/** The fault of a typed solution; undefined if its lines can be scored. */
export function problemOfSolution(text: string): string | undefined {
  const lines = linesIn(text);
  if (lines.length > MOST_LINES)
    return `A solution may have ${MOST_LINES} lines, and this has ${lines.length}.`;
  for (const [i, line] of lines.entries()) {
    const problem = problemOfLine(line);
    if (problem) return `Line ${i + 1} ${problem}.`;
  }
  return undefined;
}

/** A typed solution as an address holds it: "40*4=160;160-35=125". */
export const written = (text: string): string => linesIn(text).map(plain).join(BREAK);

/** A solution of an address as one types it. */
export const typedLines = (solution: string): string =>
  solution
    .split(BREAK)
    .map((line) => line.replace(CALCULATION, "$1 $2 $3 = $4"))
    .join("\n");

/** The solution that steps of the models make, as an address holds it. */
export const solutionOf = (steps: readonly string[]): string =>
  steps.map((step) => /<<([^>]*)>>/.exec(step)?.[1] ?? "").join(BREAK);

/** The lines of a solution as steps that the models read, in the words that right steps have. @param right at least one */
export function stepsOf(solution: string, right: readonly string[]): string[] {
  return solution.split(BREAK).map((line, i) => {
    const [, left, operator, second, result] = CALCULATION.exec(line)!;
    return right[Math.min(i, right.length - 1)]!.replace(/^Step \d+/, `Step ${i + 1}`)
      .replace(
        /-?\d+ \S -?\d+ = <<.*?>>-?\d+/,
        `${left} ${operator} ${second} = <<${line}>>${result}`,
      )
      .replace(/(?<=The answer is: ).*/, result!);
  });
}
