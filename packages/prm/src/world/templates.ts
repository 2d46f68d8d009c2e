import { type Calculation, calculate, type Operator } from "./word-problem";

/** The output of a template: sentences, and calculations with the words around them. */
export interface Story {
  readonly sentences: readonly string[];
  readonly question: string;
  readonly calculations: readonly (Calculation & {
    readonly before: string;
    readonly after: string;
  })[];
}

/** How large the numbers of a problem are. */
export interface NumberRange {
  /** Bound of products with `factor`. */
  readonly largest: number;
  /** The quantity at the start. */
  readonly start: readonly [low: number, high: number];
  /** Largest number that is added or subtracted, and largest factor. */
  readonly change: number;
  readonly factor: number;
  /** Largest count of goods, and largest price. */
  readonly count: number;
  readonly price: number;
}

/** Ranges by name: `small` ones have some thousand different calculations, which a tiny model can know by heart. */
export const numberRanges = {
  large: { largest: 999, start: [5, 60], change: 40, factor: 5, count: 9, price: 12 },
  small: { largest: 60, start: [3, 12], change: 9, factor: 3, count: 5, price: 6 },
} satisfies Record<string, NumberRange>;

/** A family of problems: `write` makes one of `steps` steps. */
export interface Template {
  readonly name: string;
  write(steps: number, range: NumberRange, random: () => number): Story;
}

/** An integer in [low, high]. */
export const between = (low: number, high: number, random: () => number): number =>
  low + Math.floor(random() * (high - low + 1));

/** One of a list. */
export const oneOf = <T>(list: readonly T[], random: () => number): T =>
  list[Math.floor(random() * list.length)]!;

export const people = ["Ann", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gina", "Hugo", "Iris", "Jack"];

/** The words of a theme in which one quantity changes step by step. `b` is the number of the step. */
interface Theme {
  readonly name: string;
  readonly thing: string;
  readonly start: (who: string, a: number) => string;
  readonly change: Readonly<Record<Operator, (who: string, b: number) => string>>;
}

const themes: readonly Theme[] = [
  {
    name: "marbles",
    thing: "marbles",
    start: (who, a) => `${who} has ${a} marbles.`,
    change: {
      "+": (who, b) => `${who} finds ${b} more.`,
      "-": (who, b) => `${who} loses ${b} of them.`,
      "*": (who, b) => `Then the number of ${who}'s marbles grows ${b} times as large.`,
      "/": (who, b) => `${who} splits them evenly into ${b} bags and keeps one bag.`,
    },
  },
  {
    name: "bakery",
    thing: "rolls",
    start: (who, a) => `${who}'s bakery starts the day with ${a} rolls.`,
    change: {
      "+": (_, b) => `The oven gives ${b} more.`,
      "-": (_, b) => `Customers buy ${b} of them.`,
      "*": (_, b) => `A delivery makes the stock ${b} times as large.`,
      "/": (_, b) => `The stock is divided evenly among ${b} shops, and one share stays.`,
    },
  },
  {
    name: "savings",
    thing: "dollars",
    start: (who, a) => `${who} has saved ${a} dollars.`,
    change: {
      "+": (who, b) => `${who} earns ${b} dollars.`,
      "-": (who, b) => `${who} spends ${b} dollars.`,
      "*": (who, b) => `A lucky bet leaves ${who} with ${b} times the money.`,
      "/": (who, b) => `${who} shares the money evenly in a group of ${b} and keeps one share.`,
    },
  },
  {
    name: "library",
    thing: "books",
    start: (who, a) => `${who} counts ${a} books on the shelves of a library.`,
    change: {
      "+": (_, b) => `${b} books are returned.`,
      "-": (_, b) => `${b} books are borrowed.`,
      "*": (_, b) => `A donation makes the collection ${b} times as large.`,
      "/": (_, b) => `The collection is split evenly over ${b} branches; count one branch.`,
    },
  },
];

/** An operator and number that keep the value whole and positive. */
function nextChange(
  value: number,
  { largest, change, factor }: NumberRange,
  random: () => number,
): Change {
  const divisors = [2, 3, 4, 5].filter((d) => value % d === 0 && value / d >= 2);
  const operators: Operator[] = ["+"];
  if (value > 4) operators.push("-");
  if (value * factor <= largest) operators.push("*");
  if (divisors.length > 0) operators.push("/");
  const operator = oneOf(operators, random);
  if (operator === "+") return { operator, right: between(2, change, random) };
  if (operator === "-") return { operator, right: between(2, Math.min(change, value - 2), random) };
  const right = operator === "*" ? between(2, factor, random) : oneOf(divisors, random);
  return { operator, right };
}

/** One change of a quantity. */
export interface Change {
  readonly operator: Operator;
  readonly right: number;
}

/** The story of a quantity that changes step by step. */
function tell(
  { thing, start, change }: Theme,
  who: string,
  first: number,
  changes: readonly Change[],
): Story {
  let left = first;
  const calculations = changes.map(({ operator, right }, i) => {
    const result = calculate(left, operator, right);
    const leftFrom = i > 0 ? i - 1 : undefined;
    const words = { before: "Now there are", after: `${thing}.` };
    const calculation = { left, operator, right, result, leftFrom, ...words };
    left = result;
    return calculation;
  });
  const sentences = [
    start(who, first),
    ...changes.map(({ operator, right }) => change[operator](who, right)),
  ];
  return { sentences, question: `How many ${thing} are there now?`, calculations };
}

/** A story of somebody's marbles. */
export const tellMarbles = (first: number, changes: readonly Change[]): Story =>
  tell(themes[0]!, people[0]!, first, changes);

const chain = (theme: Theme): Template => ({
  name: theme.name,
  write(steps, range, random) {
    const who = oneOf(people, random);
    const first = between(...range.start, random);
    const changes: Change[] = [];
    let value = first;
    for (let i = 0; i < steps; i++) {
      const next = nextChange(value, range, random);
      changes.push(next);
      value = calculate(value, next.operator, next.right);
    }
    return tell(theme, who, first, changes);
  },
});

const goods = ["pens", "notebooks", "apples", "mugs", "candles", "posters", "plants", "cups"];

/** Several purchases: prices times counts, then sums; an even number of steps ends with a coupon. */
const shopping: Template = {
  name: "shopping",
  write(steps, range, random) {
    const who = oneOf(people, random);
    const sentences: string[] = [];
    const calculations: Story["calculations"][number][] = [];
    const purchases = Math.floor((steps + 1) / 2);
    const first = Math.floor(random() * goods.length);
    for (let i = 0; i < purchases; i++) {
      const good = goods[(first + i) % goods.length]!;
      const [left, right] = [between(2, range.count, random), between(2, range.price, random)];
      sentences.push(`${who} buys ${left} ${good} at ${right} dollars each.`);
      const product = { left, operator: "*" as const, right, result: left * right };
      calculations.push({ ...product, before: `The ${good} cost`, after: "dollars." });
    }
    let total = calculations[0]!.result;
    for (let i = 1; i < purchases; i++) {
      const right = calculations[i]!.result;
      const sum = { left: total, operator: "+" as const, right, result: total + right };
      const from = { leftFrom: i === 1 ? 0 : purchases + i - 2, rightFrom: i };
      calculations.push({ ...sum, ...from, before: "Together that is", after: "dollars." });
      total = sum.result;
    }
    if (calculations.length < steps) {
      const right = between(1, Math.min(9, total - 1), random);
      sentences.push(`A coupon takes ${right} dollars off the total.`);
      const rest = { left: total, operator: "-" as const, right, result: total - right };
      const leftFrom = calculations.length - 1;
      calculations.push({
        ...rest,
        leftFrom,
        before: "With the coupon that is",
        after: "dollars.",
      });
    }
    return { sentences, question: `How many dollars does ${who} pay?`, calculations };
  },
};

/** All families of problems: four themes of one changing quantity, and purchases that are summed. */
export const templates: readonly Template[] = [...themes.map(chain), shopping];

/** Sentences with irrelevant numbers. */
export const distractions: readonly ((who: string, n: number) => string)[] = [
  (who, n) => `${who} is ${n} years old.`,
  (who, n) => `${who} lives ${n} miles away.`,
  (_, n) => `It is ${n} degrees outside.`,
  (who, n) => `${who} read ${n} pages yesterday.`,
];
