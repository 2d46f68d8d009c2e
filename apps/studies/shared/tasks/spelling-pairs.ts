import { collect, pronunciations, trainValidationSplit } from "@deepgrain/datasets";
import { placeOf } from "../texts/text-sources";
import type { TaskPairs } from "./task";

/** Words to spell out in phones, stress left out: "t r e e" and "T R IY". Words of one spelling stay on one side. */
export async function spellingPairs(count: number, signal: AbortSignal): Promise<TaskPairs> {
  const entries = await collect(pronunciations(placeOf("cmu-pronouncing-dictionary", signal)));
  const plain = entries.filter(({ word, variant }) => variant === 1 && /^[a-z]{3,9}$/.test(word));
  const every = Math.max(1, Math.floor(plain.length / count));
  const taken = plain.filter((_, i) => i % every === 0);
  const pairs = taken.map(({ word, phones }) => ({
    prompt: `say: ${[...word].join(" ")}`,
    answer: phones.join(" ").replaceAll(/\d/g, ""),
  }));
  return trainValidationSplit(pairs);
}
