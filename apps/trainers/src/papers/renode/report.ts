import type { Section } from "@deepgrain/lab";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";

/** What the report shows besides the table of claims. */
export const sections: readonly Section<ComparisonSettings, TrainingResult>[] = [];
