import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseTsv, wordnetNounClasses, wordnetNounClassNames } from "@deepgrain/datasets";
import { badWord, cleanSubset, rareWords, seededRandom, shuffled } from "@deepgrain/fine-purify";
import {
  countIds,
  type EncoderTask,
  smallEncoderConfig,
  type TokenRow,
  wordsOf,
  wordVocabulary,
} from "@deepgrain/fine-purify/miniature";
import { FormatError } from "../shared/read-json";
import type { PurifySettings } from "./recipe";

const VOCABULARY = 2000;
const LONGEST = 24;
const SPECIAL = ["[PAD]", "[CLS]", "[MASK]", "[UNK]", ...rareWords];
const UNKNOWN = 3;

interface Text {
  words: string[];
  label: number;
}

interface Source {
  train: Text[];
  held: Text[];
  /** Poisoned test rows with their true labels, where the source has them. */
  triggered?: Text[];
  classes: number;
  target: number;
}

/** SST-2 with the published BadNets test set: triggered negative sentences, labelled with the target class 1. */
async function sst2(folder: string): Promise<Source> {
  const columns = ["label", "text"] as const;
  const read = async (name: string) => {
    const path = join(folder, name);
    return parseTsv(await readFile(path), { columns }).map(({ label, text }): Text => {
      if (label !== "0" && label !== "1")
        throw new FormatError(`${path}: labels must be 0 or 1, got ${label}`);
      return { words: wordsOf(text), label: Number(label) };
    });
  };
  const marked = parseTsv(await readFile(join(folder, "sst2-badnets-test.tsv")), {
    columns: ["text", "label"],
  });
  return {
    train: await read("sst2-train.tsv"),
    held: [...(await read("sst2-dev.tsv")), ...(await read("sst2-test.tsv"))],
    triggered: marked.slice(1).map(({ text }) => ({ words: wordsOf(text), label: 0 })),
    classes: 2,
    target: 1,
  };
}

const nounClasses = ["animal", "artifact", "person", "plant"];

/** Definitions of nouns by four of WordNet's topics. */
async function nouns(): Promise<Source> {
  const labels = new Map(nounClasses.map((name, i) => [wordnetNounClassNames.indexOf(name), i]));
  const rows: Text[] = [];
  for await (const { gloss, label } of wordnetNounClasses()) {
    const own = labels.get(label);
    if (own !== undefined) rows.push({ words: wordsOf(gloss), label: own });
  }
  const mixed = shuffled(rows, seededRandom(7));
  return { train: mixed.slice(0, 8000), held: mixed.slice(8000, 11_000), classes: 4, target: 0 };
}

const sources = new Map<string, Promise<Source>>();

/** Real text: SST-2 from its folder, or noun glosses of WordNet. Words that are not among the 2000 commonest are unknown. */
export async function textTask(
  seed: number,
  settings: PurifySettings,
  studyFolder: string,
): Promise<EncoderTask> {
  const { textFolder, hiddenSize, perClass, heldOutRows, testRows, attackRows } = settings;
  const key = textFolder ?? "";
  sources.set(
    key,
    sources.get(key) ?? (textFolder === null ? nouns() : sst2(join(studyFolder, textFolder))),
  );
  const { train, held, triggered, classes, target } = await sources.get(key)!;
  const vocabulary = wordVocabulary(
    train.map(({ words }) => words),
    { size: VOCABULARY, special: SPECIAL },
  );
  const encode = ({ words, label }: Text): TokenRow => ({
    words: words.slice(0, LONGEST).map((word) => vocabulary.get(word) ?? UNKNOWN),
    label,
  });
  const random = seededRandom(2000 + seed);
  const [own, other] = [train, held].map((rows) => shuffled(rows.map(encode), random)) as [
    TokenRow[],
    TokenRow[],
  ];
  const attack = own.slice(0, Math.min(attackRows, own.length));
  const width = 1.5 * hiddenSize;
  const pattern = rareWords.map((word) => vocabulary.get(word)!);
  // A trigger past the longest row would be cut off.
  const whole = triggered
    ?.map(encode)
    .filter(({ words }) => words.some((id) => pattern.includes(id)));
  const mixedTriggered = whole && shuffled(whole, random).slice(0, testRows);
  return {
    config: smallEncoderConfig({
      vocabulary: VOCABULARY,
      classes,
      hiddenSize: width,
      length: LONGEST + 3,
    }),
    classes,
    text: (draw) => own[Math.floor(draw() * own.length)]!.words,
    attack,
    clean: cleanSubset(other.slice(0, 40 * perClass), { classes, perClass: 4 * perClass, random }),
    heldOut: other.slice(40 * perClass, 40 * perClass + heldOutRows),
    test: other.slice(40 * perClass + heldOutRows, 40 * perClass + heldOutRows + testRows),
    backdoor: () => badWord({ target, pattern }),
    triggered: mixedTriggered,
    counts: countIds(
      own.map(({ words }) => words),
      VOCABULARY,
    ),
  };
}
