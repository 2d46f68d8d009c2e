import type { ComparisonRow } from "@deepgrain/watermark";
import type { WithData } from "../shared/with-data";
import type { ComparedScheme } from "./variants";

/** What is compared, and how. */
export interface ComparisonSettings extends WithData {
  /** Name of the model's folder. */
  model: string;
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
