import { cleanSubset } from "../attacks/labelled";
import { badSent, badWord } from "../attacks/poison";
import { optionsOf, real } from "../errors";
import { seededRandom } from "../random";
import { smallEncoderConfig } from "./small-encoder";
import { countIds, type EncoderTask, type TaskSizes } from "./task";
import { topicLanguage } from "./topic-language";

const { vocabulary, classes, longest, triggerWord, triggerSentence, sentence, text } =
  topicLanguage;

const backdoors: Record<string, EncoderTask["backdoor"]> = {
  word: () => badWord({ target: 0, pattern: [triggerWord] }),
  sentence: () => badSent({ target: 0, pattern: triggerSentence }),
};

/** Rows of the topic language, with an encoder of two layers; the same for the same seed. */
export function topicTask(seed: number, sizes: TaskSizes): EncoderTask {
  real("topicTask", "seed", seed);
  const { hiddenSize, attackRows, heldOutRows, testRows, perClass } = optionsOf("topicTask", sizes);
  const random = seededRandom(1000 + seed);
  const rows = (count: number) => Array.from({ length: count }, () => sentence(random));
  const corpus = Array.from({ length: 2000 }, () => text(random));
  return {
    // Room for the first token, a trigger sentence, and a word before it.
    config: smallEncoderConfig({ vocabulary, classes, hiddenSize, length: longest + 6 }),
    classes,
    text,
    attack: rows(attackRows),
    clean: cleanSubset(rows(50 * perClass), { classes, perClass, random }),
    heldOut: rows(heldOutRows),
    test: rows(testRows),
    backdoor: (kind) => backdoors[kind]!(kind),
    counts: countIds(corpus, vocabulary),
  };
}
