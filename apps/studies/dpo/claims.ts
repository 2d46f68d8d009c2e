import { type Claim, measure } from "@deepgrain/lab";
import { constant } from "../shared/constant";
import { type MethodId, methods } from "./methods";
import type { PreferenceResult } from "./result";
import type { PreferenceSettings } from "./settings";

/** What is measured of a run. */
export type Key = Exclude<keyof PreferenceResult, "isStopped">;

/** A measure under a name. */
export const read = (name: string, key: Key) =>
  measure(name, (result: PreferenceResult) => result[key]);

const ACCURACY = "accuracy on held-out pairs";
const WINS = "win rate by the judge";
const MARGIN = "margin of held-out pairs";
const COUNTS = "share of numbers that continue the count";

/** How far that share may be from the start to count as kept. */
export const KEPT = 0.05;

const before = (name: string, key: Key, id: MethodId) => ({
  ...read(name, key)(id),
  subject: `before ${methods.find((method) => method.id === id)!.name}`,
});

/** Every method against the model before it. */
export const claims: readonly Claim<PreferenceResult, PreferenceSettings>[] = methods.flatMap(
  ({ id }) => [
    {
      experiment: "C-8",
      lower: before(ACCURACY, "accuracyBefore", id),
      higher: read(ACCURACY, "accuracyAfter")(id),
      paper: "preference accuracy rises",
    },
    {
      experiment: "C-8",
      lower: constant(MARGIN, "before", 0),
      higher: read(MARGIN, "margin")(id),
      paper: "the margin rises",
    },
    {
      experiment: "C-8",
      lower: constant(WINS, "chance", 0.5),
      higher: read(WINS, "winRate")(id),
      paper: "MT-Bench 8.35 < 8.76",
    },
    {
      experiment: "C-8",
      lower: before(COUNTS, "countsBefore", id),
      higher: read(COUNTS, "countsAfter")(id),
      margin: KEPT,
      paper: "benchmarks nearly unchanged",
    },
  ],
);

/** Finds the claim whose right side is a measure of a method. */
const isAbout =
  (name: string, id: MethodId) =>
  ({ higher }: { higher: { measure: string; variants: readonly string[] } }): boolean =>
    higher.measure === name && higher.variants.join() === id;

/** Finds the claim that a method wins more than half of the comparisons. */
export const isWinClaim = (id: MethodId) => isAbout(WINS, id);

/** Finds the claim that a method keeps the share of numbers that continue the count. */
export const isCountClaim = (id: MethodId) => isAbout(COUNTS, id);
