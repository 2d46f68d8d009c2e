import { memory } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { learnSentence } from "../../src/landing/learn-sentence";
import { STEPS, WRITTEN } from "../../src/landing/limits";
import type { RecordedSentence } from "../../src/landing/recorded";
import { readRecorded } from "../../src/site/read-recorded";

const recorded = readRecorded<RecordedSentence>("landing");

async function learn(sentence: string, seed = 1, signal = new AbortController().signal) {
  const events = [];
  for await (const event of learnSentence({ sentence, seed }, signal)) events.push(event);
  return events;
}

describe("a sentence that is learned", () => {
  it("is continued as recorded", async () => {
    const events = await learn(recorded.sentence, recorded.seed);
    const steps = events.filter((event) => event.type === "step-end");
    expect(steps).toHaveLength(STEPS);
    expect(steps.at(-1)).toEqual({ type: "step-end", step: STEPS, loss: recorded.loss });
    const letters = events.flatMap((event) => (event.type === "letter" ? [event.letter] : []));
    expect(letters).toEqual(recorded.letters);
    expect(letters).toHaveLength(WRITTEN);
  });

  it.each(["a", "né à l’été 🦊 ", "xx"])("may be %j", async (sentence) => {
    const events = await learn(sentence);
    const text = events.map((event) => (event.type === "letter" ? event.letter.text : "")).join("");
    expect([...text].every((letter) => `${sentence} `.includes(letter))).toBe(true);
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
