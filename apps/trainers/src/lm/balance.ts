import type { Values } from "@deepgrain/command-line/flags/flags";
import type { TrainConfig } from "@deepgrain/lm";
import type { balanceFlags } from "./flags";

type BalanceValues = Values<typeof balanceFlags>;

/** The changes that the flags make to a config.json. */
export const balanceKeys = ({ deviceLoss, communicationLoss, lossDevices }: BalanceValues) =>
  Object.fromEntries(
    Object.entries({
      device_loss_alpha: deviceLoss,
      communication_loss_alpha: communicationLoss,
      loss_devices: lossDevices,
    }).filter(([, value]) => value !== undefined),
  );

/** The bias's speed by step. */
export const biasSchedule =
  (
    { biasRate, biasRateUntil }: Pick<BalanceValues, "biasRate" | "biasRateUntil">,
    steps: number,
  ): NonNullable<TrainConfig["biasUpdate"]> =>
  (step) => ({ rate: step <= biasRateUntil * steps ? biasRate : 0 });

/** The flags that determine a training's result, for its run.json. */
export const balanceRecord = (values: BalanceValues) => ({
  deviceLoss: values.deviceLoss ?? null,
  communicationLoss: values.communicationLoss ?? null,
  lossDevices: values.lossDevices ?? null,
  biasRate: values.biasRate,
  biasRateUntil: values.biasRateUntil,
});
