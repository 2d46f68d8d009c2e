import type { TrainConfig } from "@deepgrain/lm";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";

/** Flags for how a mixture's experts are balanced. */
export const balanceFlags = {
  deviceLoss: flags.real({
    help: "Weight of the balance loss over devices (DeepSeek-V2's second); by default as config.json says",
  }),
  communicationLoss: flags.real({
    help: "Weight of the communication balance loss (DeepSeek-V2's third); by default as config.json says",
  }),
  lossDevices: flags.whole({
    min: 1,
    help: "Devices that these losses spread the experts over; by default the groups of config.json",
  }),
  biasRate: flags.real({
    default: 0.001,
    help: "Speed of the balancing bias of noaux_tc routers (DeepSeek-V3)",
  }),
  biasRateUntil: flags.real({
    max: 1,
    default: 1,
    help: "Share of the steps after which that speed is 0, as in DeepSeek-V3's last part",
  }),
};

type BalanceValues = Values<typeof balanceFlags>;

/** The changes that the flags make to a config.json. */
export const balanceKeys = ({ deviceLoss, communicationLoss, lossDevices }: BalanceValues) => ({
  ...(deviceLoss !== undefined && { device_loss_alpha: deviceLoss }),
  ...(communicationLoss !== undefined && { communication_loss_alpha: communicationLoss }),
  ...(lossDevices !== undefined && { loss_devices: lossDevices }),
});

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
