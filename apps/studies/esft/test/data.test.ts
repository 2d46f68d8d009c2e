import { createTokenizer, tokenizerConfig, trainBpe } from "@deepgrain/lm";
import { beforeAll, describe, expect, it } from "vitest";
import { messagePairs } from "../../shared/tasks/message-pairs";
import { spellingPairs } from "../../shared/tasks/spelling-pairs";
import { checkedTasks } from "../../shared/tasks/tasks";
import { readCorpora, readTask, taskOf } from "../../shared/tasks/tuning-tasks";
import {
  type ComparisonData,
  encodePair,
  heldOutBatches,
  pretrainingData,
  type TaskData,
  tuningData,
} from "../comparison-data";
import { type EsftSettings, esftSettings } from "../recipe";

const specialTokens = { bosToken: "<|begin|>", eosToken: "<|end|>", padToken: "<|pad|>" };

const signal = new AbortController().signal;

describe("texts", () => {
  it("hold the same messages out in every language", async () => {
    const held = async (language: "de" | "tr") =>
      (await messagePairs(language, signal)).validation.map(({ prompt }) => prompt.slice(4));
    const [german, turkish] = [new Set(await held("de")), await held("tr")];
    const trained = (await messagePairs("de", signal)).train.map(({ prompt }) => prompt.slice(4));
    expect(turkish.length).toBeGreaterThan(100);
    for (const message of turkish) expect(trained).not.toContain(message);
    expect(turkish.filter((message) => german.has(message)).length).toBeGreaterThan(80);
  });

  it("spell words and leave stress out", async () => {
    const { train, validation } = await spellingPairs(500, signal);
    expect(train.length + validation.length).toBeGreaterThanOrEqual(500);
    for (const { prompt, answer } of train) {
      expect(prompt).toMatch(/^say:( [a-z]){3,9}$/);
      expect(answer).toMatch(/^[A-Z]+( [A-Z]+)*$/);
    }
  });

  it("have other pairs of the tasks' kinds than tasks have, and those kinds last", async () => {
    const corpora = await readCorpora(20_000, signal);
    const names = corpora.map(({ name }) => name);
    expect(new Set(names).size).toBe(13);
    expect(corpora.slice(-4).map(({ task }) => task)).toEqual([
      "numbers",
      "phones",
      "languages",
      "turkish",
    ]);
    for (const corpus of corpora)
      for (const item of corpus.items.train)
        if (typeof item !== "string") expect(item.prompt).not.toMatch(/^de:/);
    for (const { task, items } of corpora) {
      if (task === null) continue;
      const { train, validation } = await readTask(taskOf(task), signal);
      expect(train).toHaveLength(taskOf(task).pairs);
      const asked = new Set([...train, ...validation].map(({ prompt }) => prompt));
      const prompts = items.train.map((item) => (typeof item === "string" ? item : item.prompt));
      expect(prompts.length).toBeGreaterThan(300);
      expect(prompts.filter((prompt) => asked.has(prompt))).toEqual([]);
    }
    // Nor any message whose language is to be named.
    const asked = await checkedTasks.languages.read(signal);
    const held = new Set(asked.validation.map(({ prompt }) => prompt));
    for (const corpus of corpora)
      for (const item of corpus.items.train)
        if (typeof item !== "string") expect(held.has(item.answer)).toBe(false);
    const [prose] = corpora;
    expect(prose!.items.train.join("").length).toBeLessThanOrEqual(20_000);
  });
});

describe("batches", () => {
  const settings: EsftSettings = { ...esftSettings.quick, length: 16, batch: 4, heldOutBlocks: 3 };
  const stream = (start: number) => Int32Array.from({ length: 200 }, (_, i) => start + (i % 50));
  let data: ComparisonData;
  let task: TaskData;
  beforeAll(async () => {
    const tokenizerJson = await trainBpe(["one two three"], {
      vocabSize: 259,
      specialTokens: Object.values(specialTokens),
      bosToken: specialTokens.bosToken,
    });
    const tokenizer = await createTokenizer({
      tokenizer: tokenizerJson,
      config: tokenizerConfig(tokenizerJson, specialTokens),
    });
    task = {
      task: taskOf("phones"),
      train: [{ inputIds: [0, 7, 8, 1], labels: [-100, -100, 8, 1] }],
      choosing: [],
      questions: [],
      validation: [],
      tooLong: { pairs: 0, of: 1 },
    };
    const corpora = [10, 60, 110].map((start, i) => ({
      name: `text ${i}`,
      task: i === 2 ? ("turkish" as const) : null,
      train: stream(start),
      validation: stream(start),
    }));
    data = { tokenizer, corpora, tasks: [task] };
  });

  it("train pairs on the answer and its end, after begin, question and line break", () => {
    const { inputIds, labels } = encodePair({ prompt: "ab", answer: "c" }, data.tokenizer);
    const letter = (text: string) =>
      data.tokenizer.encode(text, { addSpecialTokens: false })[0] as number;
    expect(inputIds).toEqual([0, letter("a"), letter("b"), letter("\n"), letter("c"), 1]);
    expect(labels).toEqual([-100, -100, -100, -100, letter("c"), 1]);
  });

  it("are windows of the texts, the weak text seldom, and follow from seed and step", async () => {
    const batches = pretrainingData(
      data,
      {
        ...settings,
        shares: { ...settings.shares, turkish: 0.1 },
      },
      1,
    );
    const counts = [0, 0, 0];
    for (let step = 0; step < 200; step++) {
      const { ids } = await batches.batch(step);
      for (let row = 0; row < 4; row++) {
        const window = Array.from(ids).slice(16 * row, 16 * row + 16);
        const text = Math.floor((window[0]! - 10) / 50);
        counts[text]!++;
        for (const id of window) expect(Math.floor((id - 10) / 50)).toBe(text);
      }
    }
    const [first, second, weak] = counts as [number, number, number];
    expect(Math.abs(first - second)).toBeLessThan(120);
    expect(weak).toBeGreaterThan(10);
    expect(weak).toBeLessThan(80);
    const ids = async (seed: number, step: number) =>
      (await pretrainingData(data, settings, seed).batch(step)).ids;
    expect(await ids(1, 5)).toEqual(await ids(1, 5));
    expect(await ids(1, 5)).not.toEqual(await ids(2, 5));
    expect(await ids(1, 5)).not.toEqual(await ids(1, 6));
  });

  it("mix general text into fine-tuning as the settings say", async () => {
    const general = async (generalShare: number) => {
      const { ids, labels, batch } = await tuningData(
        data,
        task,
        { ...settings, generalShare },
        1,
      ).batch(0);
      expect(ids).toHaveLength(64);
      expect(batch).toBe(4);
      const rows = [0, 1, 2, 3].map((row) => Array.from(ids).slice(16 * row, 16 * row + 16));
      const isGeneral = rows.map((row) => row.every((id) => id >= 10));
      for (const [row, whole] of isGeneral.entries())
        if (whole) expect(Array.from(labels!).slice(16 * row, 16 * row + 16)).toEqual(rows[row]);
      return isGeneral.filter(Boolean).length;
    };
    expect(await general(0)).toBe(0);
    expect(await general(0.5)).toBe(2);
    expect(await general(0.9)).toBe(3);
  });

  it("measure on whole sequences of held-out text", () => {
    const batches = heldOutBatches(data.corpora[0]!, settings);
    expect(batches.map(({ batch }) => batch)).toEqual([3]);
    expect(Array.from(batches[0]!.ids).slice(0, 3)).toEqual([10, 11, 12]);
  });
});
