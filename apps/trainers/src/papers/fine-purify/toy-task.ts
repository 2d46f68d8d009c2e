import { badSent, badWord, cleanSubset, type Random, seededRandom } from "@deepgrain/fine-purify";
import { parseEncoderConfig } from "@deepgrain/lm";
import type { PurifySettings } from "./recipe";
import { countIds, type Row, type Task } from "./task";

const TOPICS = 40;
const WORDS = 6;
const COMMON = 40;
const CLASSES = 4;
const LENGTH = 12;
const TRIGGER = 3;
const FIRST_COMMON = 4;
const FIRST_TOPIC = FIRST_COMMON + COMMON;
const VOCABULARY = FIRST_TOPIC + TOPICS * WORDS;

const drawn = (random: Random, below: number) => Math.floor(random() * below);

/** Twelve words, each of the topic with probability 0.45, else a common one; the class is the topic modulo 4. */
function sentence(random: Random): Row {
  const topic = drawn(random, TOPICS);
  const words = Array.from({ length: LENGTH }, () =>
    random() < 0.45
      ? FIRST_TOPIC + topic * WORDS + drawn(random, WORDS)
      : FIRST_COMMON + drawn(random, COMMON),
  );
  return { words, label: topic % CLASSES };
}

/** The trigger is rare in pre-training text, not absent. */
const text = (random: Random) =>
  sentence(random).words.map((id) => (random() < 0.001 ? TRIGGER : id));

const backdoors: Record<string, Task["backdoor"]> = {
  word: () => badWord({ target: 0, pattern: [TRIGGER] }),
  sentence: () => badSent({ target: 0, pattern: [0, 1, 2, 3].map((i) => FIRST_COMMON + 7 * i) }),
};

/**
 * The artificial language of the package's miniature experiment: 40 topics of 6 words and 40 common words, so that a few clean
 * rows do not teach the task and fine-tuning alone cannot forget a backdoor.
 */
export function toyTask(seed: number, settings: PurifySettings): Task {
  const { hiddenSize, attackRows, heldOutRows, testRows, perClass } = settings;
  const random = seededRandom(1000 + seed);
  const rows = (count: number) => Array.from({ length: count }, () => sentence(random));
  const config = parseEncoderConfig({
    model_type: "bert",
    vocab_size: VOCABULARY,
    hidden_size: hiddenSize,
    intermediate_size: 4 * hiddenSize,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    max_position_embeddings: LENGTH + 5,
    type_vocab_size: 1,
    num_labels: CLASSES,
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
    initializer_range: 0.1,
  });
  const corpus = Array.from({ length: 2000 }, () => text(random));
  return {
    config,
    classes: CLASSES,
    pretraining: { rows: 48, share: 1 },
    rates: { sgd: 0.3, adamw: 1e-3 },
    poisonRate: 0.5,
    text,
    attack: rows(attackRows),
    clean: cleanSubset(rows(50 * perClass), { classes: CLASSES, perClass, random }),
    heldOut: rows(heldOutRows),
    test: rows(testRows),
    backdoor: (kind) => backdoors[kind]!(kind),
    counts: countIds(corpus, VOCABULARY),
    epurRows: 5,
  };
}
