import { createTokenizer, encodeTexts } from "@deepgrain/lm";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { PurifyError } from "../../src";
import { type TextEncoder, trainTextEncoder } from "../../src/miniature";

const words = { good: ["fine", "great", "warm"], bad: ["dull", "cold", "poor"] };
const texts = Array.from({ length: 60 }, (_, i) => {
  const label = i % 2 ? "good" : "bad";
  const own = words[label];
  return { text: `a ${own[i % 3]} and ${own[(i + 1) % 3]} film`, label };
});
const sizes = { steps: 30, vocabSize: 300, hiddenSize: 8, maxLength: 16, seed: 1 };

async function made(rows = texts, changes: Partial<typeof sizes> = {}) {
  const events = trainTextEncoder(rows, { ...sizes, ...changes });
  const losses: number[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return { losses, ...(value as TextEncoder) };
    if (value.type === "step-end") losses.push(value.loss);
  }
}

describe("trainTextEncoder", () => {
  it("makes an encoder that has read the texts, with a head for their labels", async () => {
    const { model, tokenizer, losses } = await made();
    const mean = (some: number[]) => some.reduce((sum, loss) => sum + loss, 0) / some.length;
    expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)));
    expect(model.config).toMatchObject({ task: "classification", labels: ["bad", "good"] });
    const own = await createTokenizer(tokenizer);
    const batch = encodeTexts(own, model.config, ["a warm film", "dull"]);
    const logits = tidy(() => noGrad(() => model.eval().forward(batch)));
    expect(logits.shape).toEqual([2, 2]);
    model.dispose();
  });

  it("is the same for the same seed", async () => {
    const [one, again, other] = [await made(), await made(), await made(texts, { seed: 2 })];
    expect(again.losses).toEqual(one.losses);
    expect(other.losses).not.toEqual(one.losses);
  });

  it("names numbered classes as Hugging Face does", async () => {
    const rows = texts.map(({ text }, i) => ({ text, label: String(i % 3) }));
    const { model } = await made(rows, { steps: 1 });
    expect(model.config.labels).toEqual(["LABEL_0", "LABEL_1", "LABEL_2"]);
  });

  it.each<[typeof texts, object]>([
    [[], {}],
    [texts.filter(({ label }) => label === "good"), {}],
    [texts, { vocabSize: 100 }],
    [texts, { maxLength: 2 }],
    [texts, { more: 1 }],
  ])("refuses what it cannot make one from (%#)", async (rows, changes) => {
    const error = await made(rows, changes).catch((thrown: unknown) => thrown);
    expect(PurifyError.isInstance(error), String(error)).toBe(true);
  });
});
