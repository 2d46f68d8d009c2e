import type { Section } from "@deepgrain/lab";
import type { FederationSettings } from "./recipe";
import type { Score } from "./score-method";

/** What the report shows besides the claims. */
export const sections: readonly Section<FederationSettings, Score>[] = [];
