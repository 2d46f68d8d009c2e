import type { DpoLossType } from "@deepgrain/align";

/** How preferences are learned. */
export interface PreferenceMethod {
  lossType: DpoLossType;
  beta: number;
  /** Weight of fine-tuning on chosen answers beside the loss. */
  sftWeight: number;
  rate: number;
}

/** The methods that are compared. */
export const methods = [
  { id: "dpo", name: "DPO, β 0.1", lossType: "sigmoid", beta: 0.1, sftWeight: 0 },
  { id: "dpo-0.5", name: "DPO, β 0.5", lossType: "sigmoid", beta: 0.5, sftWeight: 0 },
  {
    id: "dpo-sft",
    name: "DPO, β 0.1, with 0.2 SFT",
    lossType: "sigmoid",
    beta: 0.1,
    sftWeight: 0.2,
  },
  { id: "ipo", name: "IPO, β 0.1", lossType: "ipo", beta: 0.1, sftWeight: 0 },
] as const;

export type MethodId = (typeof methods)[number]["id"];

/** Learning rates that are tried for each method, at half of the steps of DPO. */
export const rates = [2e-4, 4e-4, 8e-4, 1.6e-3, 3.2e-3, 6.4e-3, 1.28e-2] as const;

/** Seeds of the trials, which no comparison uses by default. */
export const tuningSeeds = [101, 102];
