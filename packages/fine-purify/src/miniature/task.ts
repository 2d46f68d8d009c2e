import type { EncoderConfig } from "@deepgrain/lm";
import type { Labelled } from "../attacks/labelled";
import type { DataAttack } from "../attacks/poison";
import { iterableOf } from "../errors";
import type { Random } from "../random";

/** A text as token ids, without the first token. */
export type TokenRow = Labelled<number>;

/** Ids that every task has around rows. */
export const FRAME = { pad: 0, cls: 1 } as const;
/** The id of a hidden word in every task. */
export const MASK = 2;

/** A classification task that takes minutes, with an encoder for it. */
export interface EncoderTask {
  readonly config: EncoderConfig;
  readonly classes: number;
  /** A row of pre-training text. */
  text(random: Random): readonly number[];
  /** Rows of the four disjoint sets. */
  readonly attack: readonly TokenRow[];
  readonly clean: readonly TokenRow[];
  readonly heldOut: readonly TokenRow[];
  readonly test: readonly TokenRow[];
  /** The backdoor of a type, such as "word" or "sentence". */
  backdoor(kind: string): DataAttack<number>;
  /** Test rows with the trigger and their true labels, if the task has its own. */
  readonly triggered?: readonly TokenRow[] | undefined;
  /** Occurrences of each id in clean text. */
  readonly counts: Float64Array;
}

/** How many rows of each set a task draws. */
export interface TaskSizes {
  /** Width of the encoder. */
  hiddenSize: number;
  attackRows: number;
  heldOutRows: number;
  testRows: number;
  /** Clean rows of each class. */
  perClass: number;
}

/** Counts of ids over rows. */
export function countIds(rows: Iterable<readonly number[]>, vocabulary: number): Float64Array {
  iterableOf("countIds", "rows", rows);
  const counts = new Float64Array(vocabulary);
  for (const row of rows) for (const id of row) counts[id]!++;
  return counts;
}
