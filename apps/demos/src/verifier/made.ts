/** Operators of a made problem, as an address has them. */
export const operators = { a: "+", s: "-", m: "*", d: "/" } as const;

export type OperatorName = keyof typeof operators;

/** A change of a quantity. */
export interface Change {
  name: OperatorName;
  right: number;
}

/** A problem that the visitor makes. */
export interface Made {
  first: number;
  changes: readonly Change[];
}

/** Ranges of the problems that the verifier has learned from. */
export const KNOWN = {
  first: [5, 60],
  right: { a: [2, 40], s: [2, 40], m: [2, 5], d: [2, 5] },
  steps: [2, 8],
  largest: 999,
} as const;

/** The problem that a visitor begins with. */
export const EXAMPLE = "20.a10.d3.s4";

const isWithin = (value: number, [low, high]: readonly [number, number]) =>
  value >= low && value <= high;

const after = (value: number, { name, right }: Change): number =>
  ({ a: value + right, s: value - right, m: value * right, d: value / right })[name];

/** The fault of a made problem; undefined if it can be solved. */
export function problemOfMade({ first, changes }: Made): string | undefined {
  let value: number = first;
  for (const [i, change] of changes.entries()) {
    const next = after(value, change);
    const calculation = `${value} ${operators[change.name]} ${change.right}`;
    if (!Number.isInteger(next)) return `Step ${i + 1}: ${calculation} is no whole number.`;
    if (next < 1) return `Step ${i + 1}: ${calculation} leaves nothing.`;
    if (next > KNOWN.largest)
      return `Step ${i + 1}: ${calculation} is above ${KNOWN.largest}, which no problem has that was learned from.`;
    value = next;
  }
  return undefined;
}

/** Reads "20.a10.d3". @returns undefined for what is none, or has numbers that the verifier has not learned from */
export function readMade(text: string): Made | undefined {
  if (!/^\d{1,2}(\.[asmd]\d{1,2})+$/.test(text)) return undefined;
  const [first, ...rest] = text.split(".") as [string, ...string[]];
  const changes = rest.map((part) => ({
    name: part[0] as OperatorName,
    right: Number(part.slice(1)),
  }));
  const isKnown =
    isWithin(Number(first), KNOWN.first) &&
    isWithin(changes.length, KNOWN.steps) &&
    changes.every(({ name, right }) => isWithin(right, KNOWN.right[name]));
  return isKnown ? { first: Number(first), changes } : undefined;
}

/** A made problem as an address holds it. */
export const writeMade = ({ first, changes }: Made): string =>
  [first, ...changes.map(({ name, right }) => name + right)].join(".");
