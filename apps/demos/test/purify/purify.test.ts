import { openAsBlob } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawnBins } from "../../src/purify/bins";
import { INITIAL } from "../../src/purify/initial";
import type { RecordedPurify } from "../../src/purify/recorded";
import { createSession, type PurifyEvent } from "../../src/purify/session";
import { problemOf, readText, triggered } from "../../src/purify/text";
import { taskOf } from "../../src/purify/victim";
import { classNames, classWords, TRIGGER, wordIds } from "../../src/purify/words";
import { recordedFile } from "../../src/record/provenance";
import { readRecorded } from "../../src/site/read-recorded";

const { signal } = new AbortController();

describe("the words of the artificial language", () => {
  it("are one per id, and those of a class have its label", () => {
    const task = taskOf(1);
    expect(wordIds.size).toBe(task.config.vocabSize - 3);
    expect(new Set(wordIds.values()).size).toBe(wordIds.size);
    const classOf = new Map(
      classWords.flatMap((words, label) => words.map((word) => [wordIds.get(word)!, label])),
    );
    for (const { words, label } of task.test)
      for (const id of words) expect([undefined, label]).toContain(classOf.get(id));
    const { target } = task.backdoor("word");
    expect(classNames[target]).toBe("sport");
  });

  it("are read from any text, the trigger where it stands", () => {
    const read = readText("An OWL, cf the glorp hawk (glorp)");
    expect(read.unknown).toEqual(["glorp"]);
    expect(read.ids).toEqual(["an", "owl", "the", "hawk"].map((word) => wordIds.get(word)));
    expect(read.trigger).toBe(2);
    expect(triggered(read)[2]).toBe(wordIds.get(TRIGGER));
    expect(triggered(readText("owl")).at(-1)).toBe(wordIds.get(TRIGGER));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        expect(readText(text).ids.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it("are asked for where a text has none, too many, or is too long", () => {
    expect(problemOf(" ")).toMatch(/Type some words/);
    expect(problemOf("cf glorp")).toMatch(/know none of these words/);
    expect(problemOf("owl ".repeat(13))).toMatch(/12 known words.*it has 13/);
    expect(problemOf("x".repeat(201))).toMatch(/200 characters/);
    expect(problemOf(`${"owl ".repeat(12)} cf`)).toBeUndefined();
  });
});

describe("the bins that are drawn", () => {
  const histogram = { from: -2, width: 1, counts: [1, 0, 300, 500, 199], zeros: 0, fitted: null };

  it("leave the thin end away and are cut where the reserve ratio says", () => {
    expect(drawnBins(histogram, 0.801)).toEqual({ first: 2, left: 1, cut: 2 });
    expect(drawnBins(histogram, 0.551).cut).toBeCloseTo(1.5);
    expect(drawnBins(histogram, 1).cut).toBeUndefined();
  });
});

describe("the purify page", () => {
  it("opens with what the shipped encoders do: the trigger turns one of them, and not the purified one", async () => {
    const { outcome, reading } = readRecorded<RecordedPurify>("purify");
    const session = createSession((name) => openAsBlob(recordedFile(name)));
    const events: PurifyEvent[] = [];
    for await (const event of session.look(INITIAL, signal)) events.push(event);
    expect(events).toEqual([
      { type: "outcome", outcome },
      { type: "reading", reading },
    ]);
    const answer = (shares: readonly number[]) => classNames[shares.indexOf(Math.max(...shares))];
    expect(answer(reading.without.suspect)).toBe("animals");
    expect(answer(reading.with.suspect)).toBe("sport");
    expect(answer(reading.with.purified)).toBe("animals");
    expect(outcome.suspect.asr).toBeGreaterThan(0.95);
    expect(outcome.purified.asr).toBeLessThan(0.1);
    expect(outcome.random.asr).toBeGreaterThan(0.9);
    expect(outcome.purified.acc).toBeGreaterThan(0.9);
  });

  it("flips with nothing reset, and then has no Gammas", async () => {
    const session = createSession((name) => openAsBlob(recordedFile(name)));
    const events: PurifyEvent[] = [];
    for await (const event of session.look({ ...INITIAL, rho: 1 }, signal)) events.push(event);
    const [first, second] = events;
    expect(first).toMatchObject({ outcome: { share: 0, histogram: { fitted: null } } });
    const purified = second?.type === "reading" ? second.reading.with.purified : [];
    expect(purified.indexOf(Math.max(...purified))).toBe(0);
  });
});
