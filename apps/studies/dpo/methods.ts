import type { DpoLossType } from "@deepgrain/align";

/** How preferences are learned. */
export interface PreferenceMethod {
  lossType: DpoLossType;
  beta: number;
  rate: number;
}

/** The methods that are compared. */
export const methods = [
  { id: "dpo", name: "DPO, β 0.1", lossType: "sigmoid", beta: 0.1 },
  { id: "dpo-0.5", name: "DPO, β 0.5", lossType: "sigmoid", beta: 0.5 },
  { id: "ipo", name: "IPO, β 0.1", lossType: "ipo", beta: 0.1 },
] as const;

export type MethodId = (typeof methods)[number]["id"];

/** Learning rates that are tried for each method. */
export const rates = [1e-4, 2e-4, 4e-4, 8e-4] as const;

/** Seeds of the trials, which no comparison uses by default. */
export const tuningSeeds = [101, 102, 103];

/** The rates that the trials in tuning.json chose, as `chooseRates` picks them. */
export const tuned: Readonly<Record<MethodId, number>> = {
  dpo: 8e-4,
  "dpo-0.5": 8e-4,
  ipo: 2e-4,
};
