import { blockTask, blockTokenName } from "@deepgrain/icl-anchors";
import { promptsOf } from "./look";

/** A token of the example: its name, and what it is. */
export type ExampleToken = readonly [name: string, kind: "label" | "sign" | "word" | "query"];

/** The first prompt of a seed, as it is read by people, and its right answer. */
export interface Example {
  tokens: ExampleToken[];
  answer: string;
}

/** Writes out a seed's first prompt. */
export function exampleOf(seed: number): Example {
  const {
    ids,
    labelPositions,
    formatPositions = [],
    queryStart = 0,
    classIds,
    gold = 0,
  } = promptsOf(seed)[0]!;
  const labels = labelPositions.flat();
  const kindOf = (at: number) => {
    if (labels.includes(at)) return "label";
    if (formatPositions.includes(at) || at === ids.length - 1) return "sign";
    return at < queryStart ? "word" : "query";
  };
  const tokens = Array.from(ids, (id, at) => [blockTokenName(blockTask, id), kindOf(at)] as const);
  return { tokens, answer: blockTokenName(blockTask, Number(classIds[gold])) };
}
