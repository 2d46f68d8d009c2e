import type { ComparisonRow } from "@deepgrain/watermark";
import type { WithData } from "../shared/with-data";
import type { ComparedScheme } from "./variants";

/** Settings of the comparison. */
export interface ComparisonSettings extends WithData {
  /** Name of the folder of the model that writes. */
  model: string;
  /** Name of the folder of the model that judges quality; null where the writing model does. */
  judge: string | null;
  vocabSize: number;
  /** Texts of a scheme. */
  texts: number;
  /** Tokens of a text. */
  tokens: number;
  bits: number;
  temperature: number;
}

/** A scheme as measured, with the profile that made it. */
export interface ComparedRow extends ComparisonRow {
  profile: ComparedScheme["profile"];
  pieces?: readonly string[]; // text of each token of the sample, absent in older runs
  /** Balance-Marking's proxy. */
  proxy?: ComparedScheme["proxy"];
}

/** Seeds of the trials of bonuses, which no comparison uses by default. */
export const tuningSeeds = [101, 102, 103];
