import { memory } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { createSession, type LearnEvent, learnSentence } from "../../src/landing/learn-sentence";
import { STEPS, WRITTEN } from "../../src/landing/limits";
import type { RecordedSentence } from "../../src/landing/recorded";
import { readRecorded } from "../../src/site/read-recorded";

const { written } = readRecorded<RecordedSentence>("landing");

const textOf = (events: readonly LearnEvent[]) =>
  events.map((event) => (event.type === "letter" ? event.letter.text : "")).join("");

async function learn(sentence: string, seed = 1, signal = new AbortController().signal) {
  const events = [];
  for await (const event of learnSentence({ sentence, seed }, signal)) events.push(event);
  return events;
}

describe("a sentence that is learned", () => {
  it("is continued as recorded", async () => {
    const events = await learn(written.state.text, written.state.seed);
    const steps = events.filter((event) => event.type === "step-end");
    expect(steps).toHaveLength(STEPS);
    expect(steps.at(-1)).toEqual({ type: "step-end", step: STEPS, loss: written.loss });
    const letters = events.flatMap((event) => (event.type === "letter" ? [event.letter] : []));
    expect(letters).toEqual(written.texts.flat());
    expect(letters).toHaveLength(WRITTEN);
  });

  it.each(["a", "né à l’été 🦊 ", "xx"])("may be %j", async (sentence) => {
    const events = await learn(sentence);
    expect([...textOf(events)].every((letter) => `${sentence} `.includes(letter))).toBe(true);
  });

  it("is written by the experts that are on alone, and from what it begins with, without being learned anew", async () => {
    const { run, dispose } = createSession();
    const { signal } = new AbortController();
    const order = { sentence: "abc", seed: 1 };
    const events = async (writing: Parameters<typeof run>[0]) => {
      const all: LearnEvent[] = [];
      for await (const event of run(writing, signal)) all.push(event);
      return all;
    };
    const first = await events(order);
    expect(first.filter(({ type }) => type === "step-end")).toHaveLength(STEPS);
    const off = await events({ ...order, off: [0, 1, 2, 5] });
    expect(off.filter(({ type }) => type === "step-end")).toEqual([]);
    for (const event of off)
      if (event.type === "letter") expect([3, 4]).toContain(event.letter.expert);
    expect(await events(order)).toEqual(first.filter(({ type }) => type !== "step-end"));
    const begun = await events({ ...order, begin: "?b", temperature: 0.1 });
    expect(textOf(begun)).toMatch(/^c abc abc /);
    const both = await events({ ...order, second: "xyz" });
    expect(both.filter(({ type }) => type === "prompt")).toHaveLength(2);
    expect(textOf(both)).toHaveLength(WRITTEN);
    expect(await events({ ...order, isAnew: true })).toEqual(first);
    dispose();
  });

  it("holds no memory afterwards, also when it was stopped", async () => {
    const { bytes } = memory();
    await learn("abc");
    const abort = new AbortController();
    const stopped = (async () => {
      for await (const event of learnSentence({ sentence: "abc", seed: 1 }, abort.signal))
        if (event.type === "step-end" && event.step === 3) abort.abort(new Error("enough"));
    })();
    await expect(stopped).rejects.toThrow("enough");
    expect(memory().bytes).toBe(bytes);
  });
});
