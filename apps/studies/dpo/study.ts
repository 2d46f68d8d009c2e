import { study } from "@deepgrain/lab";
import { limitThreads } from "../shared/one-thread-backend";
import { studyModule } from "../shared/study-module";
import { claims, unasked } from "./claims";
import { gates } from "./gate";
import { bestOf, grids } from "./grids";
import { introduction } from "./introduction";
import { methods } from "./methods";
import { type PreferenceSettings, preferenceSettings } from "./recipe";
import { finding, picture, sections } from "./report";
import { resultSchema } from "./result";
import { trainPreferences } from "./train-preferences";

export { preferencesTuning, tuningSettings } from "./tuning"; // a worker thread finds it here

/** Preferences in miniature: a small model learns what a program prefers among its own answers. */
export const preferences = study({
  name: "dpo",
  ...introduction,
  module: studyModule("dpo"),
  exportName: "preferences",
  settings: preferenceSettings.default as PreferenceSettings,
  experiments: { "C-8": "Preferences" },
  variants: methods.map((method) => ({ ...method, rate: bestOf(grids[method.id]) })),
  async *run(method, seed, { settings, signal, threads }) {
    limitThreads(threads);
    return yield* trainPreferences(method, seed, { settings, signal });
  },
  parse: (result: unknown) => resultSchema.parse(result),
  claims,
  gates,
  unasked,
  finding,
  picture,
  sections,
});
