type Settings = Readonly<Record<string, number | string | null>>;

/**
 * The settings of each method by set of pictures, as `chooseSettings` picks them from tuning.json.gz and tuning-mnist.json.gz. The
 * recording of the full size has those of an earlier tuning.
 */
export const tuned: Readonly<Record<string, Readonly<Record<string, Settings>>>> = {
  "fashion-mnist": {
    fedavg: { lr: 0.1 },
    fedprox: { mu: 0.001, lr: 0.1 },
    fedavgm: { beta: 0.5, lr: 0.1 },
    "fed-focal": { gamma: 1 },
    "logit-adjustment": { tau: 1, lr: 0.1 },
    climb: { dualLr: 0.02, tolerance: 0.1, lr: 0.2 },
    creff: { headLr: 0.1, headEpochs: 100, matchingLr: 1, distance: "one-vector" },
    redgrape: { lambda: 0.3 },
  },
  mnist: {
    fedavg: { lr: 0.2 },
    fedprox: { mu: 0.001, lr: 0.2 },
    fedavgm: { beta: 0.5, lr: 0.2 },
    "fed-focal": { gamma: 2, lr: 0.1 },
    "logit-adjustment": { tau: 1.5, lr: 0.2 },
    climb: { dualLr: 0.5, tolerance: 0.01, lr: 0.2 },
    creff: { headLr: 0.1, headEpochs: 100, distance: "one-vector", lr: 0.2 },
    redgrape: { lambda: 0.3, lr: 0.2 },
  },
};
