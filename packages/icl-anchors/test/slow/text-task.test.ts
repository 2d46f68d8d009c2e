import { createTokenizer, tokenizerConfig, trainBpe } from "@deepgrain/lm";
import { expect, it } from "vitest";
import {
  accuracyOf,
  answers,
  createTextModel,
  examplesOf,
  parseTemplate,
  textPromptSet,
  textTask,
  tinyRecipes,
  trainTextModel,
} from "../../src";

it("a model trained on own texts reads from the demonstrations which label is whose", async () => {
  const template = parseTemplate({
    block: "Text: {text}\nLabel:{label}",
    labels: [" cat", " dog"],
  });
  const words = [
    ["milk", "purr", "mouse"],
    ["bone", "bark", "walk"],
  ];
  const rows = Array.from({ length: 60 }, (_, i) => {
    const [own, turn] = [words[i % 2]!, i >> 1];
    return { text: `${own[turn % 3]} ${own[(turn + 1) % 3]}`, label: String(i % 2) };
  });
  const examples = examplesOf(template, rows);
  const texts = rows.map(({ text, label }) => `Text: ${text}\nLabel:${template.labels[+label]}\n`);
  const json = await trainBpe(texts, { vocabSize: 320 });
  const tokenizer = await createTokenizer({ tokenizer: json, config: tokenizerConfig(json) });
  const encode = (text: string) => tokenizer.encode(text);
  const task = textTask(template, examples, { encode });
  const { small } = tinyRecipes;
  const model = await createTextModel(small, task, { vocabSize: tokenizer.vocabSize, seed: 1 });
  const options = { batch: small.batch, steps: small.steps, seed: 1 };
  for await (const event of trainTextModel(model, task, options)) void event;
  const swapped = parseTemplate({ ...template, labels: [...template.labels].reverse() });
  for (const own of [template, swapped]) {
    const { prompts } = textPromptSet(own, examples, {
      seed: 3,
      items: 40,
      encode,
      demonstrations: "fresh",
    });
    expect(accuracyOf(prompts, await answers(model, prompts))).toBeGreaterThan(0.8);
  }
  model.dispose();
});
