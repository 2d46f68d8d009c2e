import { type EncodedChat, ignoreIndex, type LabelledBatch } from "@deepgrain/lm";
import { AlignError, listOf } from "../errors";
import { collateChats } from "./preference-batches";
import type { EncodedUnpaired } from "./unpaired";

/** n answers, and n prompts each with another row's answer. */
export interface UnpairedBatch extends LabelledBatch {
  /** Whether each answer is desirable, [n]. */
  desirable: readonly boolean[];
  mismatched: LabelledBatch;
}

/** One row's prompt followed by another row's answer, truncated to the context. */
function mismatch(own: EncodedChat, other: EncodedChat, maxLength: number): EncodedChat {
  const promptOf = ({ labels }: EncodedChat) => labels.findIndex((label) => label !== ignoreIndex);
  const [prompt, from] = [promptOf(own), promptOf(other)];
  return {
    inputIds: [...own.inputIds.slice(0, prompt), ...other.inputIds.slice(from)].slice(0, maxLength),
    labels: [...own.labels.slice(0, prompt), ...other.labels.slice(from)].slice(0, maxLength),
  };
}

/**
 * Collates the answers with the given indices, each prompt also with the next one's answer, the last with the first one's.
 * @param next index of the row whose answer the last prompt gets. Default: the first of `indices`
 */
export function collateUnpaired(
  all: readonly EncodedUnpaired[],
  indices: readonly number[],
  { maxLength, padTokenId, next = indices[0]! }: CollateOptions,
): UnpairedBatch {
  const rows = indices.map((index) => all[index]!);
  const others = [...rows.slice(1), all[next]!];
  const mixed = rows.map(({ chat }, i) => mismatch(chat, others[i]!.chat, maxLength));
  return {
    ...collateChats(
      rows.map(({ chat }) => chat),
      padTokenId,
    ),
    desirable: rows.map(({ label }) => label),
    mismatched: collateChats(mixed, padTokenId),
  };
}

/** Options of {@link collateUnpaired}. */
interface CollateOptions {
  /** Positions of the model. */
  maxLength: number;
  padTokenId?: number | undefined;
  next?: number | undefined;
}

/** @throws {AlignError} `ERR_MISSING` for fewer than two rows; `ERR_SHAPE` naming the first row without an answer or a prompt */
export function checkUnpaired(caller: string, all: readonly EncodedUnpaired[]): void {
  if (listOf(caller, "answers", all).length < 2)
    throw new AlignError(
      "ERR_MISSING",
      `align/${caller}: there must be at least 2 answers, got ${all.length}`,
      { fields: { answers: all.length } },
    );
  for (const [row, { chat }] of all.entries()) {
    const first = chat.labels.findIndex((label) => label !== ignoreIndex);
    if (first < 1)
      throw new AlignError(
        "ERR_SHAPE",
        `align/${caller}: answer ${row} must have a prompt and at least one labelled token`,
        { fields: { row } },
      );
  }
}
