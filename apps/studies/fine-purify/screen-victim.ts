import {
  maskedPerplexities,
  onionFilter,
  predictRows,
  type RowClassifier,
  rapScreen,
  type Screen,
  screenedClasses,
  setWeights,
  stripScreen,
  tokenBatch,
} from "@deepgrain/fine-purify/encoders";
import {
  classifierOf,
  FRAME,
  languageModelOf,
  MASK,
  type TokenRow,
} from "@deepgrain/fine-purify/miniature";
import { type Attacked, rates } from "./defend-victim";
import { noResult, type PurifyResult } from "./results";
import { triggeredRows, victimOf } from "./tasks";

/** Defences at inference time, in the order of tables. */
export const screens = [
  { id: "onion", name: "ONION, the encoder's own language model" },
  { id: "strip", name: "STRIP" },
  { id: "rap", name: "RAP" },
] as const;

type Rows = { test: readonly TokenRow[]; triggered: readonly TokenRow[] };

const share = (refused: readonly boolean[]) => refused.filter(Boolean).length / refused.length;

/** A victim behind a screen that refuses rows: refused rows count as wrong, and as no success of the attack. */
async function screened(
  classifier: RowClassifier<TokenRow>,
  screen: Screen<TokenRow>,
  { task }: Attacked,
  rows: Rows,
) {
  const { target } = task.backdoor("word");
  const other = rows.triggered.filter(({ label }) => label !== target);
  return {
    ...(await rates((own) => screenedClasses(classifier, screen, own), task, rows)),
    frr: share(await screen.refuses(rows.test)),
    far: 1 - share(await screen.refuses(other)),
  };
}

/** A victim whose rows lose words; the language model is the pre-trained encoder. */
async function filtered(
  classifier: RowClassifier<TokenRow>,
  { task, init, seed, signal }: Attacked,
  { test, triggered }: Rows,
) {
  const model = languageModelOf(task, seed);
  setWeights(model, init);
  try {
    const batchOf = (texts: readonly (readonly number[])[]) =>
      tokenBatch(
        texts.map((words) => ({ words, label: 0 })),
        FRAME,
      );
    const special = [FRAME.pad, FRAME.cls];
    const perplexities = maskedPerplexities(model, batchOf, { mask: MASK, special, signal });
    const first = (rows: readonly TokenRow[]) => rows.slice(0, task.onionRows);
    const options = { clean: first(task.heldOut), signal };
    const { filter } = await onionFilter<number, TokenRow>(classifier, perplexities, options);
    const cleaned = async (rows: readonly TokenRow[]) =>
      predictRows(
        classifier,
        (await filter(rows)).map(({ row }) => row),
      );
    return await rates(cleaned, task, { test: first(test), triggered: first(triggered) });
  } finally {
    model.dispose();
  }
}

/** Puts a defence at inference time in front of a victim. */
export async function screenVictim(method: string, attacked: Attacked): Promise<PurifyResult> {
  const { task, victim, init, finetuned, seed, signal } = attacked;
  const classifier = classifierOf(task, init, seed);
  setWeights(classifier.model, finetuned);
  const rows = { test: task.test, triggered: triggeredRows(task, victimOf(victim), seed) };
  const shared = { clean: task.heldOut, frr: 0.01, seed, signal };
  try {
    if (method === "onion") return { ...noResult, ...(await filtered(classifier, attacked, rows)) };
    const { target: protectedClass } = task.backdoor("word");
    const screen =
      method === "strip"
        ? await stripScreen<number, TokenRow>(classifier, shared)
        : await rapScreen<number, TokenRow>(classifier, {
            ...shared,
            rapWord: MASK,
            wordId: MASK,
            protectedClass,
          });
    return { ...noResult, ...(await screened(classifier, screen, attacked, rows)) };
  } finally {
    classifier.model.dispose();
  }
}
