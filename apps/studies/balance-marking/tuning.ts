import { resultsOf, type Study, type StudyRuns, study } from "@deepgrain/lab";
import { rightAt } from "./claims";
import { type ComparisonParts, compareOne } from "./compare-one";
import type { ComparedRow, ComparisonSettings } from "./recipe";
import { type ComparedScheme, codable } from "./variants";

/** Bonuses that are tried on both sides. */
export const biases = [0.5, 1, 1.5, 2] as const;

/** Share of payloads that both sides are to find. */
export const EQUAL_SUCCESS = 0.9;

const sides = { vanilla: "ctwl-vanilla", balance: "ctwl-balance" } as const;
export type Side = keyof typeof sides;
const sideNames = Object.keys(sides) as Side[];

/** Both sides at every bonus. */
const variantsOf = (settings: ComparisonSettings): ComparedScheme[] =>
  sideNames.flatMap((side) =>
    biases.map((bias) => ({
      id: `${side}/${bias}`,
      name: `${side}, δ ${bias}`,
      profile: codable(sides[side], { ...settings, bias }),
      experiments: [],
      ...(side === "balance" && { proxy: "model" as const }),
    })),
  );

/** The least bonus of each side with which at least nine of ten payloads are found; the largest where none is enough. */
export function chooseBiases(
  runs: Pick<StudyRuns<unknown, ComparedRow>, "runs">,
): Record<Side, number> {
  const found = (id: string) => {
    const shares = resultsOf(runs, id).map((row) => row.success[0]!.rate.rate);
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  };
  const least = (side: Side) =>
    biases.find((bias) => found(`${side}/${bias}`) >= EQUAL_SUCCESS) ?? biases.at(-1)!;
  return { vanilla: least("vanilla"), balance: least("balance") };
}

/** Tries the bonuses of both sides on seeds that the comparison does not use. */
export const watermarkTuning = (
  parts: ComparisonParts,
  settings: ComparisonSettings,
): Study<ComparisonSettings, ComparedRow, ComparedScheme> =>
  study({
    name: "balance-marking-tuning",
    title: "Bonuses of both sides, tried on seeds of their own",
    settings,
    variants: variantsOf,
    run: (scheme, seed, { settings: own, signal }) =>
      compareOne(scheme, { parts, settings: own, seed, signal }),
    claims: sideNames.flatMap((side) =>
      biases.slice(1).map((bias, i) => ({
        lower: rightAt(0)(`${side}/${biases[i]}`),
        higher: rightAt(0)(`${side}/${bias}`),
        paper: "a larger bonus is found more often",
      })),
    ),
  });
