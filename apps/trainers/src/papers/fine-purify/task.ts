import type { DataAttack, Labelled, Random } from "@deepgrain/fine-purify";
import type { EncoderConfig } from "@deepgrain/lm";

/** A text as token ids, without the leading [CLS]. */
export type Row = Labelled<number>;

/** Ids that every task has. */
export const PAD = 0;
export const CLS = 1;
export const MASK = 2;

/** A classification task with an encoder for it. */
export interface Task {
  readonly config: EncoderConfig;
  readonly classes: number;
  /** Rows per masked-LM step, and the share of the settings' steps that are made. */
  readonly pretraining: { rows: number; share: number };
  /** Learning rates of the attack. */
  readonly rates: { sgd: number; adamw: number };
  /** Share of the attacker's rows that carry the pattern. */
  readonly poisonRate: number;
  /** A row of pre-training text. */
  text(random: Random): readonly number[];
  /** Rows of the four sets, which have no row in common. */
  readonly attack: readonly Row[];
  readonly clean: readonly Row[];
  readonly heldOut: readonly Row[];
  readonly test: readonly Row[];
  backdoor(kind: string): DataAttack<number>;
  /** Test rows with the trigger and their true labels, where the task brings its own. */
  readonly triggered?: readonly Row[];
  /** Occurrences of each id in clean text. */
  readonly counts: Float64Array;
  /** How many embedding rows E-PUR resets. */
  readonly epurRows: number;
}

/** Counts of ids over rows. */
export function countIds(rows: Iterable<readonly number[]>, vocabulary: number): Float64Array {
  const counts = new Float64Array(vocabulary);
  for (const row of rows) for (const id of row) counts[id]!++;
  return counts;
}
