import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseTsv, wordnetNounClasses, wordnetNounClassNames } from "@deepgrain/datasets";
import { badWord, cleanSubset, rareWords, seededRandom, shuffled } from "@deepgrain/fine-purify";
import { FormatError } from "../../formats/read-json";
import { encoderConfig } from "./encoder-config";
import type { PurifySettings } from "./recipe";
import { countIds, type Row, type Task } from "./task";

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

const wordsOf = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];

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

function vocabularyOf(texts: readonly Text[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { words } of texts)
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const known = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const free = known.map(([word]) => word).filter((word) => !SPECIAL.includes(word));
  return new Map([...SPECIAL, ...free].slice(0, VOCABULARY).map((word, id) => [word, id]));
}

const sources = new Map<string, Promise<Source>>();

/** Real text: SST-2 from its folder, or noun glosses of WordNet. Words that are not among the 2000 commonest are unknown. */
export async function textTask(
  seed: number,
  settings: PurifySettings,
  studyFolder: string,
): Promise<Task> {
  const { textFolder, hiddenSize, perClass, heldOutRows, testRows, attackRows } = settings;
  const key = textFolder ?? "";
  sources.set(
    key,
    sources.get(key) ?? (textFolder === null ? nouns() : sst2(join(studyFolder, textFolder))),
  );
  const { train, held, triggered, classes, target } = await sources.get(key)!;
  const vocabulary = vocabularyOf(train);
  const encode = ({ words, label }: Text): Row => ({
    words: words.slice(0, LONGEST).map((word) => vocabulary.get(word) ?? UNKNOWN),
    label,
  });
  const random = seededRandom(2000 + seed);
  const [own, other] = [train, held].map((rows) => shuffled(rows.map(encode), random)) as [
    Row[],
    Row[],
  ];
  const attack = own.slice(0, Math.min(attackRows, own.length));
  const width = 1.5 * hiddenSize;
  const mixedTriggered = triggered && shuffled(triggered.map(encode), random).slice(0, testRows);
  return {
    config: encoderConfig({
      vocabulary: VOCABULARY,
      classes,
      hiddenSize: width,
      length: LONGEST + 3,
    }),
    classes,
    pretraining: { rows: 24, share: 0.4 },
    rates: { sgd: 0.1, adamw: 1e-3 },
    poisonRate: 0.3,
    text: (draw) => own[Math.floor(draw() * own.length)]!.words,
    attack,
    clean: cleanSubset(other.slice(0, 40 * perClass), { classes, perClass: 4 * perClass, random }),
    heldOut: other.slice(40 * perClass, 40 * perClass + heldOutRows),
    test: other.slice(40 * perClass + heldOutRows, 40 * perClass + heldOutRows + testRows),
    backdoor: () => badWord({ target, pattern: rareWords.map((word) => vocabulary.get(word)!) }),
    ...(mixedTriggered && { triggered: mixedTriggered }),
    counts: countIds(
      own.map(({ words }) => words),
      VOCABULARY,
    ),
    epurRows: 20,
  };
}
