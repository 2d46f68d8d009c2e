import { costAt, estimate, type Quantity, resultsOf, type StudyRuns } from "@deepgrain/lab";
import {
  type ComparedRow,
  type ComparisonSettings,
  EQUAL_KL,
  EQUAL_RATIO,
  EQUAL_SUCCESS,
} from "./recipe";
import { deltas, frontierId, type Side, sides } from "./variants";

/** A bonus on a side's frontier: its cost to the text, in nats, and a value measured with it. */
export interface Priced {
  cost: number;
  value: number;
}

/**
 * The value where a frontier reaches a cost, read off the straight line between the first bonus that costs as much and the one
 * before it, or the last bonus's value where none does.
 * @param points by growing bonus, from no bonus at cost 0
 */
export const valueAt = (cost: number, points: readonly Priced[]): number =>
  costAt(
    cost,
    points.map((point) => ({ score: point.cost, cost: point.value })),
  ) ?? points.at(-1)!.value;

/** A number of a row, and what it is without a bonus: the chance of a payload, or the unmarked texts' own. */
export interface Read {
  of(row: ComparedRow): number;
  unmarked(row: ComparedRow, settings: Pick<ComparisonSettings, "bits">): number;
}

/** Payloads found, right in every bit, after a share of the tokens was replaced. */
export const foundAt = (share: number): Read => ({
  of: ({ success }) => success.find(({ substitution }) => substitution === share)!.rate.rate,
  unmarked: (_, { bits }) => 2 ** -bits,
});

export const distinct: Read = {
  of: (row) => row.distinct2,
  unmarked: (row) => row.distinct2Unmarked,
};

/** The cost of a bonus to the text: the logarithm of its perplexity ratio, or its divergence per token. */
export const costs = {
  ratio: { of: (row: ComparedRow) => Math.log(row.perplexityRatio), level: Math.log(EQUAL_RATIO) },
  kl: { of: (row: ComparedRow) => row.kl, level: EQUAL_KL },
} as const;
export type Cost = keyof typeof costs;

type OwnQuantity = Quantity<ComparedRow, ComparisonSettings>;

/** The rows of a side at all bonuses of a seed; undefined where one was not run. */
function rowsAt({ result }: Parameters<OwnQuantity["read"]>[0], ids: readonly string[]) {
  const rows = ids.map(result);
  return rows.every((row) => row !== undefined) ? (rows as ComparedRow[]) : undefined;
}

const quantity = (
  side: Side,
  {
    measure,
    isHalf = false,
    bounds,
  }: { measure: string; isHalf?: boolean; bounds?: [number, number] },
  read: (rows: readonly ComparedRow[], settings: ComparisonSettings) => number | null,
): OwnQuantity => {
  const variants = deltas.map((delta) => frontierId(side, delta, isHalf));
  return {
    measure,
    subject: sides[side].name,
    variants,
    bounds,
    read(results, settings) {
      const rows = rowsAt(results, variants);
      return rows && read(rows, settings);
    },
  };
};

/** A number of a side where its texts cost as much as those of the other side. */
export const atEqualCost = (
  side: Side,
  how: { measure: string; cost: Cost; read: Read; isHalf?: boolean },
): OwnQuantity =>
  quantity(side, { ...how, bounds: [0, 1] }, (rows, settings) => {
    const { of, level } = costs[how.cost];
    const none = { cost: 0, value: how.read.unmarked(rows[0]!, settings) };
    return valueAt(level, [
      none,
      ...rows.map((row) => ({ cost: of(row), value: how.read.of(row) })),
    ]);
  });

/** The perplexity ratio of a side where it finds nine payloads of ten; null where it never does. */
export const ratioAtSuccess = (side: Side): OwnQuantity =>
  quantity(
    side,
    { measure: `perplexity ratio, ${100 * EQUAL_SUCCESS} % found` },
    (rows, settings) => {
      const found = foundAt(0);
      const none = { score: found.unmarked(rows[0]!, settings), cost: 0 };
      const points = rows.map((row) => ({ score: found.of(row), cost: costs.ratio.of(row) }));
      const cost = costAt(EQUAL_SUCCESS, [none, ...points]);
      return cost === null ? null : Math.exp(cost);
    },
  );

const meanOf = (rows: readonly ComparedRow[], of: (row: ComparedRow) => number) =>
  estimate(rows.map(of)).mean;

/** A bonus of a side, as means over seeds. */
export interface FrontierPoint {
  delta: number;
  perplexityRatio: number;
  kl: number;
  found: number;
  /** With 10 % of the tokens replaced. */
  foundEdited: number;
  /** With half the tokens, and what that costs; null where it was not run. */
  half: { found: number; perplexityRatio: number } | null;
  distinct2: number;
}

/** The mean perplexity ratio of rows of one bonus: that of the mean logarithm. */
const ratioOf = (rows: readonly ComparedRow[]) => Math.exp(meanOf(rows, costs.ratio.of));

/** The bonuses of each side that were run, from the weakest to the strongest. */
export function frontiersOf(
  runs: StudyRuns<ComparisonSettings, ComparedRow>,
): Partial<Record<Side, FrontierPoint[]>> {
  const names = Object.keys(sides) as Side[];
  const all = names.map((side): [Side, FrontierPoint[]] => [
    side,
    deltas.flatMap((delta) => {
      const [rows, halves] = [false, true].map((isHalf) =>
        resultsOf(runs, frontierId(side, delta, isHalf)),
      );
      if (rows!.length === 0) return [];
      const half =
        halves!.length === 0
          ? null
          : { found: meanOf(halves!, foundAt(0).of), perplexityRatio: ratioOf(halves!) };
      return [
        {
          delta,
          perplexityRatio: ratioOf(rows!),
          kl: meanOf(rows!, costs.kl.of),
          found: meanOf(rows!, foundAt(0).of),
          foundEdited: meanOf(rows!, foundAt(0.1).of),
          half,
          distinct2: meanOf(rows!, distinct.of),
        },
      ];
    }),
  ]);
  return Object.fromEntries(all.filter(([, points]) => points.length > 0));
}
