import { badSent, badWord, cleanSubset, seededRandom, topicLanguage } from "@deepgrain/fine-purify";
import { encoderConfig } from "./encoder-config";
import type { PurifySettings } from "./recipe";
import { countIds, type Task } from "./task";

const { vocabulary, classes, length, triggerWord, triggerSentence, sentence, text } = topicLanguage;

const backdoors: Record<string, Task["backdoor"]> = {
  word: () => badWord({ target: 0, pattern: [triggerWord] }),
  sentence: () => badSent({ target: 0, pattern: triggerSentence }),
};

/** The package's artificial language. */
export function toyTask(seed: number, settings: PurifySettings): Task {
  const { hiddenSize, attackRows, heldOutRows, testRows, perClass } = settings;
  const random = seededRandom(1000 + seed);
  const rows = (count: number) => Array.from({ length: count }, () => sentence(random));
  const corpus = Array.from({ length: 2000 }, () => text(random));
  return {
    config: encoderConfig({ vocabulary, classes, hiddenSize, length: length + 5 }),
    classes,
    pretraining: { rows: 48, share: 1 },
    rates: { sgd: 0.3, adamw: 1e-3 },
    poisonRate: 0.5,
    text,
    attack: rows(attackRows),
    clean: cleanSubset(rows(50 * perClass), { classes, perClass, random }),
    heldOut: rows(heldOutRows),
    test: rows(testRows),
    backdoor: (kind) => backdoors[kind]!(kind),
    counts: countIds(corpus, vocabulary),
    epurRows: 5,
  };
}
