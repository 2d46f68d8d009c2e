import type { Labelled } from "../attacks/labelled";
import { drawInteger, type Random } from "../random";

const TOPICS = 40;
const WORDS = 6;
const COMMON = 40;
const SHORTEST = 6;
const LONGEST = 12;
const TRIGGER = 3;
const FIRST_COMMON = 4;
const FIRST_TOPIC = FIRST_COMMON + COMMON;

/** An artificial language over token ids, for experiments that take minutes. */
export interface TopicLanguage {
  readonly vocabulary: number;
  readonly classes: number;
  /** Words of the shortest and of the longest sentence. */
  readonly shortest: number;
  readonly longest: number;
  /** Ids with the same meaning in every sentence. */
  readonly ids: { readonly pad: number; readonly cls: number; readonly mask: number };
  /** A rare word, and a run of four common words, to be used as triggers. */
  readonly triggerWord: number;
  readonly triggerSentence: readonly number[];
  /** A labelled sentence. */
  sentence(random: Random): Labelled<number>;
  /** A sentence of pre-training text, where the rare word occurs once per thousand words. */
  text(random: Random): number[];
}

/**
 * Six to twelve words, each of the topic with probability 0.45, else a common one; the class is the topic modulo 4. At one length a
 * sentence with a trigger would be known by being longer.
 */
function sentence(random: Random): Labelled<number> {
  const topic = drawInteger(random, TOPICS);
  const length = SHORTEST + drawInteger(random, LONGEST - SHORTEST + 1);
  const words = Array.from({ length }, () =>
    random() < 0.45
      ? FIRST_TOPIC + topic * WORDS + drawInteger(random, WORDS)
      : FIRST_COMMON + drawInteger(random, COMMON),
  );
  return { words, label: topic % 4 };
}

/**
 * A language of 40 topics with 6 words each and 40 common words. With many topics a few clean rows do not teach the
 * task, and fine-tuning on them cannot remove a backdoor: otherwise defences could not be distinguished.
 */
export const topicLanguage: TopicLanguage = {
  vocabulary: FIRST_TOPIC + TOPICS * WORDS,
  classes: 4,
  shortest: SHORTEST,
  longest: LONGEST,
  ids: { pad: 0, cls: 1, mask: 2 },
  triggerWord: TRIGGER,
  triggerSentence: [0, 1, 2, 3].map((i) => FIRST_COMMON + 7 * i),
  sentence,
  text: (random) => sentence(random).words.map((id) => (random() < 0.001 ? TRIGGER : id)),
};
