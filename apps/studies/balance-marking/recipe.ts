import type { ComparisonRow } from "@deepgrain/watermark";
import type { Ratio } from "../shared/ratio";
import type { WithData } from "../shared/with-data";
import { type ComparedScheme, UNMARKED } from "./variants";

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

/** Perplexity of marked over unmarked text at which both sides are compared … */
export const EQUAL_RATIO = 1.05;

/** … divergence of marked from unmarked distributions, nats per token … */
export const EQUAL_KL = 0.1;

/** … and share of payloads found. */
export const EQUAL_SUCCESS = 0.9;

/** The sizes of the paper's recipe (its code's defaults) beside those here. */
export const ratios: readonly Ratio<ComparisonSettings>[] = [
  {
    name: "marked tokens per bit of the payload",
    paper: 10,
    ours: 10,
    of: ({ tokens, bits }) => (tokens - UNMARKED) / bits,
  },
  { name: "bits of a chunk of the payload", paper: 20, ours: 10, of: ({ bits }) => bits },
  { name: "texts per seed and bonus", paper: 500, ours: 20, of: ({ texts }) => texts },
];
