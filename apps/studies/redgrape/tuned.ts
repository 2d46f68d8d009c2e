/** The settings of each method, as `chooseSettings` picks them from tuning.json. */
export const tuned: Readonly<Record<string, Readonly<Record<string, number | string | null>>>> = {
  fedavg: {},
};
