type Settings = Readonly<Record<string, number | string | null>>;

/**
 * The settings of each method by set of pictures. Those of Fashion-MNIST are the ones of the stored recordings: an earlier tuning
 * chose them on one seed (tuning.json), where `chooseSettings` reads three.
 */
export const tuned: Readonly<Record<string, Readonly<Record<string, Settings>>>> = {
  "fashion-mnist": {
    fedprox: { mu: 0.01 },
    fedavgm: { beta: 0.5 },
    "fed-focal": { gamma: 0.5 },
    "logit-adjustment": { tau: 1 },
    climb: { dualLr: 0.1, tolerance: 0.1 },
    creff: { headLr: 0.01, headEpochs: 300 },
    redgrape: { lambda: 0.3 },
  },
};
