/** The settings of each method, as `chooseSettings` picks them from tuning.json. */
export const tuned: Readonly<Record<string, Readonly<Record<string, number | string | null>>>> = {
  fedprox: { mu: 0.01 },
  fedavgm: { beta: 0.5 },
  "fed-focal": { gamma: 0.5 },
  "logit-adjustment": { tau: 1 },
  climb: { dualLr: 0.1, tolerance: 0.1 },
  creff: { headLr: 0.01, headEpochs: 300 },
  redgrape: { lambda: 0.3 },
};
