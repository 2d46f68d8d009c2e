import type { CausalLM } from "@deepgrain/lm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answers, attributionPatching, loadShippedModel, logitLens, type Prompt } from "../src";
import { codeOf, promptsOf } from "./support/blocks";

let model: CausalLM;
beforeAll(async () => {
  model = await loadShippedModel("anchors");
});
afterAll(() => model.dispose());

const prompt = promptsOf(1)[0]!;
const gold = prompt.gold!;

describe("logitLens", () => {
  it("ends in the model's own logits, and ranks the right label first only above", async () => {
    const lens = await logitLens(model, prompt);
    expect(lens).toHaveLength(5);
    const [answer] = await answers(model, [prompt]);
    expect(lens.at(-1)!.classLogits).toBeAllclose(answer!.classLogits, { rtol: 1e-4, atol: 1e-4 });
    expect(lens.at(-1)!.ranks[gold]).toBe(1);
    expect(lens[0]!.ranks[gold]).toBeGreaterThan(1);
    expect(lens.at(-1)!.topToken).toBe(answer!.topTokens[0]);
  });

  it("refuses a position outside the prompt", async () => {
    expect(await codeOf(() => logitLens(model, prompt, { position: 99 }))).toBe("ERR_RANGE");
  });
});

describe("attributionPatching", () => {
  /** The same prompt with the labels of two classes exchanged: the answer changes with them. */
  const other = (gold + 1) % 4;
  const exchanged = (): Prompt => {
    const ids = Array.from(prompt.ids);
    const [[a], [b]] = [prompt.labelPositions[gold]!, prompt.labelPositions[other]!];
    [ids[a!], ids[b!]] = [ids[b!]!, ids[a!]!];
    return { ...prompt, ids };
  };

  it("points at the label words below and at the target above", async () => {
    const found = await attributionPatching(model, prompt, exchanged(), {
      answer: gold,
      rival: other,
    });
    expect(found.shape).toEqual([4, 24]);
    expect(found.clean).toBeGreaterThan(0);
    expect(found.corrupted).toBeLessThan(0);
    const row = (layer: number) => [...found.effects.subarray(layer * 24, (layer + 1) * 24)];
    const largest = (values: number[]) => values.indexOf(Math.max(...values));
    expect(prompt.labelPositions.flat()).toContain(largest(row(0)));
    expect(largest(row(3))).toBe(prompt.target);
    const earlier = row(3).slice(0, prompt.target);
    expect(earlier.every((value) => value === 0)).toBe(true);
  });

  it("patches single heads too", async () => {
    const options = { site: "headOutput", answer: gold, rival: other } as const;
    const { shape, effects } = await attributionPatching(model, prompt, exchanged(), options);
    expect(shape).toEqual([4, 24, 4]);
    expect(effects.every(Number.isFinite)).toBe(true);
  });

  it("is zero between equal prompts, and refuses prompts that do not match", async () => {
    const { effects } = await attributionPatching(model, prompt, prompt);
    expect(effects.every((value) => value === 0)).toBe(true);
    const longer = { ...prompt, ids: [...Array.from(prompt.ids), 0] };
    expect(await codeOf(() => attributionPatching(model, prompt, longer))).toBe("ERR_SHAPE");
    expect(await codeOf(() => attributionPatching(model, prompt, prompt, { answer: 9 }))).toBe(
      "ERR_RANGE",
    );
    expect(
      await codeOf(() => attributionPatching(model, prompt, prompt, { site: "x" as never })),
    ).toBe("ERR_ARGUMENT");
  });
});
