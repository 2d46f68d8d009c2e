import {
  type Detection,
  detectionRates,
  type Evaluation,
  evaluationLines,
} from "@deepgrain/fine-purify";
import {
  onionFilter,
  predictRows,
  rapScreen,
  screenedClasses,
  stripScreen,
} from "@deepgrain/fine-purify/encoders";
import { loadEncoder } from "@deepgrain/lm";
import type { CliContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { attackFlags, attackNames, attackOf, measureAttack } from "./measure-attack";
import { textPerplexities } from "./text-perplexities";
import {
  readTexts,
  type TextClassifier,
  type TextRow,
  textClassifier,
  UNLABELLED,
} from "./text-rows";

const defendFlags = {
  model: flags.folder({ required: true, help: "The suspect: a classifier of texts" }),
  data: flags.file({
    required: true,
    help: 'Rows to look at, JSON Lines of {"text"}; with "poison" (0 or 1) detection rates are printed',
  }),
  method: flags.choice(["strip", "rap", "onion"], {
    default: "strip",
    help: "Refuse rows whose prediction stays too certain (strip) or resists a trained word (rap), or take unlikely words out of rows (onion)",
  }),
  clean: flags.file({
    help: 'Clean rows the model was not trained on, JSON Lines of {"text", "label"}: for the threshold, and STRIP\'s words',
  }),
  frr: flags.real({ max: 1, default: 0.01, help: "Share of clean rows that may be refused" }),
  copies: flags.whole({ min: 1, default: 5, help: "STRIP: changed copies per row" }),
  ratio: flags.real({ max: 1, default: 0.5, help: "STRIP: share of the words that are replaced" }),
  rapWord: flags.text({ default: "mb", help: "RAP: a rare word that is one token" }),
  epochs: flags.whole({ min: 1, default: 5, help: "RAP: epochs over clean rows of --target" }),
  lr: flags.real({ default: 1e-2, help: "RAP: learning rate of the word's embedding" }),
  languageModel: flags.folder({
    help: "ONION: folder of a language model, such as GPT-2, or an encoder with a masked-LM head",
  }),
  threshold: flags.real({
    min: Number.NEGATIVE_INFINITY,
    help: "ONION: how much likelier a text becomes without a word that goes, in perplexity; chosen on --clean by default",
  }),
  out: flags.outFile({
    help: "JSON Lines file for the rows: with scores, or cleaned",
  }),
  ...attackFlags,
  attack: flags.choice(attackNames, {
    help: "Put this pattern into the rows, and measure ACC with ASR or BACC before and after",
  }),
  target: flags.whole({ default: 0, help: "Class that RAP protects and that a pattern leads to" }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

type Given = Values<typeof defendFlags>;
type Context = Pick<CliContext, "progress" | "signal">;

/** A defence: its result for each row, and the resulting classes, −1 for rejected rows. */
interface Defence {
  threshold: number;
  look(rows: readonly TextRow[]): Promise<{ record: object; touched: boolean }[]>;
  classes(rows: readonly TextRow[]): Promise<number[]>;
}

const textOf = ({ words, second }: TextRow) =>
  second === undefined ? words.join(" ") : [words.join(" "), second];
const recordOf = ({ label, poison, ...row }: TextRow) => ({
  text: textOf({ ...row, label }),
  ...(label !== UNLABELLED && { label }),
  ...(poison !== undefined && { poison }),
});

async function filterOf(
  classifier: TextClassifier,
  clean: readonly TextRow[],
  { languageModel, threshold }: Given,
  { progress, signal }: Context,
): Promise<Defence> {
  if (languageModel === undefined)
    throw new UsageError("--method onion needs a --language-model, such as a folder of GPT-2");
  if (threshold === undefined && clean.length === 0)
    throw new UsageError("--method onion needs --clean rows or a --threshold");
  const perplexities = await textPerplexities(languageModel, signal);
  const task = progress.task("perplexities");
  const found = await onionFilter<string, TextRow>(classifier, perplexities, {
    clean,
    signal,
    onProgress: (done: number) => task.update(done, "word by word"),
    ...(threshold !== undefined && { threshold }),
  });
  return {
    threshold: found.threshold,
    look: async (rows) =>
      (await found.filter(rows)).map(({ row, removed }) => ({
        record: { ...recordOf(row), removed },
        touched: removed > 0,
      })),
    classes: async (rows) =>
      predictRows(
        classifier,
        (await found.filter(rows)).map(({ row }) => row),
      ),
  };
}

async function screenOf(
  classifier: TextClassifier,
  clean: readonly TextRow[],
  { method, frr, copies, ratio, rapWord, epochs, lr: rate, target, seed }: Given,
  { signal }: Context,
): Promise<Defence> {
  if (clean.length === 0) throw new UsageError(`--method ${method} needs --clean rows`);
  const shared = { clean, frr, seed, signal };
  const [wordId, ...more] = classifier.tokenizer.encode(` ${rapWord}`, { addSpecialTokens: false });
  if (method === "rap" && (wordId === undefined || more.length > 0))
    throw new UsageError(
      `--rap-word must be one token of the model, ${rapWord} is ${1 + more.length}`,
    );
  const screen =
    method === "strip"
      ? await stripScreen<string, TextRow>(classifier, { ...shared, copies, ratio })
      : await rapScreen<string, TextRow>(classifier, {
          ...shared,
          rapWord,
          epochs,
          rate,
          protectedClass: target,
          wordId: wordId!,
        });
  return {
    threshold: screen.threshold,
    async look(rows) {
      const scores = await screen.scores(rows);
      const refused = await screen.refuses(rows);
      return rows.map((row, i) => ({
        record: { ...recordOf(row), score: scores[i]!, refused: refused[i]! },
        touched: refused[i]!,
      }));
    },
    classes: (rows) => screenedClasses(classifier, screen, rows),
  };
}

const rates = ({ frr, far, precision, recall }: Detection): string =>
  Object.entries({ frr, far, precision, recall })
    .map(([name, value]) => `${name} ${value === null ? "–" : `${(100 * value).toFixed(1)} %`}`)
    .join(", ");

export const defend = defineCommand({
  description:
    "Looks at texts on their way into a suspect classifier: STRIP and RAP refuse rows, ONION takes words out. The model stays as it is.",
  examples: [
    "purify defend --model suspect --clean clean.jsonl --data incoming.jsonl --out looked-at.jsonl",
    "purify defend --model suspect --method rap --target 1 --clean clean.jsonl --data test.jsonl --attack BadWord",
    "purify defend --model suspect --method onion --language-model gpt2 --threshold 0 --data incoming.jsonl --out cleaned.jsonl",
  ],
  flags: defendFlags,
  async run(given, { write, progress, signal }) {
    const { model: folder, method, attack } = given;
    const model = await loadEncoder(folder, { signal });
    const { task, labels } = model.config;
    if (task !== "classification" || given.target >= labels.length)
      throw new UsageError(`--model must be a classifier with the class --target ${given.target}`);
    const classifier = await textClassifier(model, folder, given.length);
    const rows = await readTexts(given.data, labels, { mayMiss: attack === undefined });
    const clean = given.clean === undefined ? [] : await readTexts(given.clean, labels);
    const of = method === "onion" ? filterOf : screenOf;
    const defence = await of(classifier, clean, given, { progress, signal });
    const looked = await defence.look(rows);
    const touched = looked.map((one) => one.touched);
    const poisoned = rows.map(({ poison }) => poison === 1);
    const isKnown = rows.every(({ poison }) => poison !== undefined) && new Set(poisoned).size > 1;
    const detection = isKnown ? detectionRates(touched, poisoned) : null;
    const measured: Record<string, Evaluation> = {};
    if (attack !== undefined) {
      const plan = attackOf({ ...given, attack });
      measured.before = await measureAttack(classifier, rows, plan, given.seed);
      measured.after = await measureAttack(classifier, rows, plan, given.seed, defence.classes);
    }
    if (given.out !== undefined)
      await given.out.save(looked.map(({ record }) => `${JSON.stringify(record)}\n`));
    const count = touched.filter(Boolean).length;
    const { threshold } = defence;
    if (given.json) {
      const result = { method, threshold, rows: rows.length, touched: count, detection };
      return write(`${JSON.stringify({ ...result, ...measured })}\n`);
    }
    const done = method === "onion" ? "lost words" : "are refused";
    write(`${count} of ${rows.length} rows ${done} (threshold ${threshold.toPrecision(4)})\n`);
    if (detection) write(`${rates(detection)}\n`);
    for (const [when, found] of Object.entries(measured))
      for (const line of evaluationLines(found)) write(`${when}: ${line}\n`);
  },
});
