import type { Variant } from "@deepgrain/lab";
import type { ImageSet } from "./image-sets";
import type { experiments } from "./introduction";
import type { MethodId } from "./method-ids";
import { type MethodSettings, methods, tunedFor } from "./methods";
import type { FederationSettings, FederationSetup } from "./recipe";
import type { MethodRun } from "./score-method";

/** One method on one kind of split. */
export interface FederationVariant extends Variant, MethodRun {
  name: string;
}

export type ExperimentId = keyof typeof experiments;

/** How long a run takes in proportion to FedAvg's. */
const weights: Partial<Record<MethodId, number>> = {
  creff: 8,
  redgrape: 3,
  fedprox: 2,
  "fed-focal": 2,
};

const variant = (method: MethodId, rest: Partial<FederationVariant> = {}): FederationVariant => ({
  id: method,
  name: methods[method].name,
  method,
  weight: weights[method] ?? 1,
  ...rest,
});

/** RedGrape with another setting or without a part, by id. */
type Own = [id: string, name: string, own: MethodSettings, experiment: ExperimentId];

const parts: readonly Own[] = [
  ["no-v", "RedGrape, no V", { without: "supplementary" }, "P2"],
  ["real-only", "RedGrape, real data only", { without: "prototypes" }, "P2"],
  ["prototypes", "RedGrape, T = ∞", { threshold: null }, "P5"],
];

const redgrapeWith = ([id, name, own, experiment]: Own, set: ImageSet) =>
  variant("redgrape", {
    id: `redgrape-${id}`,
    name,
    own: { ...tunedFor("redgrape", set), ...own },
    experiments: [experiment],
  });

const compared: readonly FederationVariant[] = [
  variant("fedavg"),
  variant("fedprox", { experiments: ["P1"] }),
  variant("fedavgm", { experiments: ["others"] }),
  variant("fed-focal", { experiments: ["P1"] }),
  variant("climb", { experiments: ["others"] }),
  variant("logit-adjustment"),
  variant("creff"),
  variant("redgrape"),
];

/** The methods that the quick size and the other splits compare. */
const rivals: readonly MethodId[] = ["fedavg", "logit-adjustment", "redgrape"];

/** A kind of split. */
interface OtherSetup {
  name: string;
  experiment: ExperimentId;
  setup: Partial<FederationSetup>;
  methods: readonly MethodId[];
}

const kindOfSplit = (
  name: string,
  experiment: ExperimentId,
  setup: Partial<FederationSetup>,
  own = rivals,
): OtherSetup => ({ name, experiment, setup, methods: own });

const fiveOf20 = { clients: 20, clientsPerRound: 5, rounds: 150 };

/** Other kinds of split, by id. CReFF, whose server takes most of the time, is in the one where the bench expects it level. */
export const otherSetups: Readonly<Record<string, OtherSetup>> = {
  "ir-50": kindOfSplit("IR 50", "ratio", { ratio: 50 }),
  "ir-10": kindOfSplit("IR 10", "ratio", { ratio: 10 }),
  partial: kindOfSplit("5 of 20 clients, 150 rounds", "partial", fiveOf20, [...rivals, "creff"]),
  "class-wise-1": kindOfSplit("class-wise, α 1", "partition", { partition: "class-wise" }),
  "class-wise-0.3": kindOfSplit("class-wise, α 0.3", "partition", {
    partition: "class-wise",
    alpha: 0.3,
  }),
};

const others = Object.entries(otherSetups).flatMap(
  ([id, { name, experiment, setup, methods: own }]) =>
    own.map((method) =>
      variant(method, {
        id: `${id}/${method}`,
        name: `${methods[method].name}, ${name}`,
        setup,
        experiments: [experiment],
      }),
    ),
);

const sweeps: readonly Own[] = [
  ...[1, 2, 16].map(
    (threshold): Own => [`t-${threshold}`, `RedGrape, T = ${threshold}`, { threshold }, "sweeps"],
  ),
  ...[0.01, 0.1, 1].map(
    (lambda): Own => [`lambda-${lambda}`, `RedGrape, λ = ${lambda}`, { lambda }, "sweeps"],
  ),
];

/** The variants of a size: three methods, all methods and parts of RedGrape, or those in other settings too. */
export function variantsOf({
  size,
  set,
}: Pick<FederationSettings, "size" | "set">): FederationVariant[] {
  if (size === "quick") return rivals.map((method) => variant(method));
  const own = (list: readonly Own[]) => list.map((one) => redgrapeWith(one, set));
  return [...compared, ...own(parts), ...(size === "full" ? [...others, ...own(sweeps)] : [])];
}
