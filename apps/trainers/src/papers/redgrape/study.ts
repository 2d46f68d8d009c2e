import { study } from "@deepgrain/lab";
import { limitThreads } from "../one-thread-backend";
import { claimsOf } from "./claims";
import { finding } from "./finding";
import { introduction } from "./introduction";
import { type FederationSettings, settingsFor } from "./recipe";
import { sections } from "./report";
import { scoreMethod, scoreSchema } from "./score-method";
import { experiments, type FederationVariant, variantsOf } from "./variants";

/** RedGrape and the methods it is compared with, on long-tailed pictures over a few clients. */
export const redgrape = study({
  name: "redgrape",
  ...introduction,
  module: new URL("./study-redgrape.js", import.meta.url).href,
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
  finding,
  sections,
});
