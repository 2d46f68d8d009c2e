import { study } from "@deepgrain/lab";
import { limitThreads } from "../shared/one-thread-backend";
import { studyModule } from "../shared/study-module";
import { claimsOf, unasked } from "./claims";
import { finding } from "./finding";
import { experiments, introduction } from "./introduction";
import { type FederationSettings, settingsFor } from "./recipe";
import { picture, sections } from "./report";
import { scoreMethod, scoreSchema } from "./score-method";
import { type FederationVariant, variantsOf } from "./variants";

export { redgrapeTuning } from "./tuning"; // a worker thread finds it here

/** RedGrape and the methods it is compared with, on long-tailed pictures over a few clients. */
export const redgrape = study({
  name: "redgrape",
  ...introduction,
  module: studyModule("redgrape"),
  exportName: "redgrape",
  settings: settingsFor("default", "fashion-mnist") as FederationSettings,
  experiments,
  variants: variantsOf,
  async *run(variant: FederationVariant, seed, { settings, signal, threads }) {
    limitThreads(threads);
    return yield* scoreMethod(variant, seed, settings, signal);
  },
  parse: (score: unknown) => scoreSchema.parse(score),
  claims: claimsOf,
  unasked,
  finding,
  picture,
  sections,
});
