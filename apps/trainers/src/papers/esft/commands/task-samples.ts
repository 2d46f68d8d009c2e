import { readTrainRecords } from "@deepgrain/esft";
import {
  createRandom,
  type EncodedChat,
  encodeChat,
  permutation,
  type Tokenizer,
} from "@deepgrain/lm";

/** The conversations of a task file, encoded and in an order that follows from the seed. */
export async function taskSamples(
  file: string,
  tokenizer: Tokenizer,
  seed: number,
): Promise<EncodedChat[]> {
  const records = await readTrainRecords(file);
  const samples = records.map(({ messages }) => encodeChat(messages, tokenizer));
  return shuffled(samples, seed);
}

/** The items in an order that follows from the seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const order = permutation(items.length, createRandom(seed).next);
  return Array.from(order, (i) => items[i]!);
}

/** The id that fills blocks: padding where the tokenizer has it, else the end of text, whose label is left out anyway. */
export const paddingId = ({ padTokenId, eosTokenId }: Tokenizer): number =>
  padTokenId ?? eosTokenId ?? 0;
