import type { CommandContext } from "@deepgrain/command-line/commands/context";
import { type LabelledText, readLabelledTexts } from "@deepgrain/command-line/files/labelled-texts";
import { followLoss } from "@deepgrain/command-line/trainings/follow-loss";
import {
  accuracyOf,
  answers,
  createTextModel,
  examplesOf,
  type PromptTemplate,
  type TinyRecipe,
  textPromptSet,
  textTask,
  trainTextModel,
} from "@deepgrain/icl-anchors";
import {
  type CausalLM,
  createTokenizer,
  saveModel,
  saveTokenizer,
  tokenizerConfig,
  trainBpe,
} from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { saveJson } from "@deepgrain/support/files";
import { TEMPLATE_FILE } from "./flags";
import { openTemplate } from "./open-prompts";

/** Prompts on which the trained model is measured. */
const TEST_PROMPTS = 200;

/** A template whose label words are the labels of the texts. */
function templateFor(texts: readonly LabelledText[]): PromptTemplate {
  const names = [...new Set(texts.map(({ label }) => label))].sort();
  if (names.length < 2)
    throw new UsageError(`--data must hold texts of at least two labels, got ${names.length}`);
  return {
    name: "own",
    block: "Text: {text}\nLabel:{label}",
    labels: names.map((name) => ` ${name}`),
    classNames: names,
    multiToken: "first",
  };
}

/** A tokenizer that has read every text in its block. */
async function tokenizerFor(
  template: PromptTemplate,
  examples: ReturnType<typeof examplesOf>,
  { vocabSize, signal }: { vocabSize: number; signal: AbortSignal },
) {
  const blocks = examples.map(({ text, label }) =>
    `${template.block}\n`
      .replace("{text}", () => text)
      .replace("{label}", () => template.labels[label]!),
  );
  const json = await trainBpe(blocks, { vocabSize, signal });
  return { tokenizer: json, config: tokenizerConfig(json) };
}

/** A model that has learned own labels in context. */
interface Own {
  model: CausalLM;
  loss: number;
  accuracy: number;
  save(folder: string): Promise<void>;
}

/**
 * Trains a tiny model with a tokenizer of its own on labelled texts, a tenth of which measure it.
 * @param given.task its template; by default the labels of the texts are the label words
 */
export async function trainOwn(
  given: { data: string; task: string | undefined; vocabSize: number; seed: number },
  recipe: Omit<TinyRecipe, "task">,
  context: CommandContext,
): Promise<Own> {
  const { signal } = context;
  const { seed, vocabSize } = given;
  const { steps, batch } = recipe;
  const texts = await readLabelledTexts(given.data);
  const template =
    given.task === undefined ? templateFor(texts) : await openTemplate(given.task, context);
  const examples = examplesOf(template, texts);
  const files = await tokenizerFor(template, examples, { vocabSize, signal });
  const tokenizer = await createTokenizer(files);
  const encode = (text: string) => tokenizer.encode(text);
  const learnt = examples.filter((_, i) => i % 10 !== 9);
  const task = textTask(template, learnt, { encode });
  const model = await createTextModel(recipe, task, { vocabSize: tokenizer.vocabSize, seed });
  const events = trainTextModel(model, task, { batch, steps, seed, signal });
  const { loss } = await followLoss(events, { title: "training", steps }, context);
  const test = examples.filter((_, i) => i % 10 === 9);
  const options = { seed, items: TEST_PROMPTS, test, encode, demonstrations: "fresh" } as const;
  const { prompts } = textPromptSet(template, learnt, options);
  const accuracy = accuracyOf(prompts, await answers(model, prompts, { signal }))!;
  const { classNames = [], labels, ...rest } = template;
  const table = Object.fromEntries(classNames.map((name, i) => [name, labels[i]]));
  return {
    model,
    loss,
    accuracy,
    async save(folder) {
      await saveModel(folder, model);
      await saveTokenizer(folder, files);
      const written = classNames.length > 0 ? table : labels;
      await saveJson(`${folder}/${TEMPLATE_FILE}`, { ...rest, labels: written });
    },
  };
}
