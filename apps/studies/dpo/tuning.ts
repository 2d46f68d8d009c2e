import { measure, study } from "@deepgrain/lab";
import { limitThreads } from "../shared/one-thread-backend";
import { studyModule } from "../shared/study-module";
import { methods, rates } from "./methods";
import { type PreferenceSettings, preferenceSettings } from "./recipe";
import { type PreferenceResult, resultSchema } from "./result";
import { trainPreferences } from "./train-preferences";

const variants = methods.flatMap(({ id, name, ...method }) =>
  rates.map((rate) => ({
    id: `${id}/${rate}`,
    name: `${name}, rate ${rate}`,
    ...method,
    rate,
  })),
);

const wins = measure("win rate by the judge", ({ winRate }: PreferenceResult) => winRate);

/** The default size, with half of the steps of DPO. */
export const tuningSettings: PreferenceSettings = {
  ...preferenceSettings.default,
  dpoSteps: preferenceSettings.default.dpoSteps / 2,
};

/** Tries the rates of every method on seeds that the comparison does not use. */
export const preferencesTuning = study({
  name: "dpo-tuning",
  title: "Rates of the methods, tried on seeds of their own",
  module: studyModule("dpo"),
  exportName: "preferencesTuning",
  settings: tuningSettings,
  variants,
  async *run(method, seed, { settings, signal, threads }) {
    limitThreads(threads);
    return yield* trainPreferences(method, seed, { settings, signal });
  },
  parse: (result) => resultSchema.parse(result),
  claims: methods.flatMap(({ id }) =>
    rates.slice(1).map((rate, i) => ({
      lower: wins(`${id}/${rates[i]}`),
      higher: wins(`${id}/${rate}`),
      paper: "a higher rate learns more",
    })),
  ),
});
