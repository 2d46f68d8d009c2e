import { createTokenizer, tokenizerConfig, trainBpe } from "@deepgrain/lm";
import { describe, expect, it } from "vitest";
import {
  AnchorsError,
  accuracyOf,
  answers,
  createTextModel,
  examplesOf,
  parseTemplate,
  textPromptSet,
  textTask,
  tinyRecipes,
  trainTextModel,
} from "../src";

const template = parseTemplate({ block: "Text: {text}\nLabel:{label}", labels: [" cat", " dog"] });
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

describe("textTask", () => {
  it("keeps the texts of each class up to their label, and the labels as tokens", () => {
    expect(task.blocks.map((own) => own.length)).toEqual([30, 30]);
    expect(task.labels.map((id) => tokenizer.decode([id]))).toEqual([" cat", " dog"]);
    expect(tokenizer.decode(task.blocks[1]![0]!)).toBe("Text: bone bark\nLabel:");
  });

  it("refuses a class without texts", () => {
    const some = examples.filter(({ label }) => label === 0);
    expect(() => textTask(template, some, { encode })).toThrow(AnchorsError);
  });
});

describe("trainTextModel", () => {
  it("teaches labels in context: the loss falls, and the same seed gives the same losses", async () => {
    const losses = async () => {
      const found: number[] = [];
      const { small } = tinyRecipes;
      const model = await createTextModel(small, task, { vocabSize: tokenizer.vocabSize, seed: 1 });
      for await (const event of trainTextModel(model, task, { batch: 4, steps: 25, seed: 1 }))
        if (event.type === "step-end") found.push(event.loss);
      const options = { seed: 3, items: 4, encode, demonstrations: "fresh" } as const;
      const { prompts } = textPromptSet(template, examples, options);
      const accuracy = accuracyOf(prompts, await answers(model, prompts))!;
      expect(accuracy).toBeGreaterThanOrEqual(0);
      model.dispose();
      return found;
    };
    const first = await losses();
    const mean = (some: number[]) => some.reduce((sum, loss) => sum + loss, 0) / some.length;
    expect(mean(first.slice(-5))).toBeLessThan(mean(first.slice(0, 5)));
    expect(await losses()).toEqual(first);
  });
});
