import { memory } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { createSession as createFederatedSession } from "../../src/federated/session";
import { compareTraining } from "../../src/graph/compare-training";
import type { RecordedGraph } from "../../src/graph/recorded";
import { learnSentence } from "../../src/landing/learn-sentence";
import { SENTENCE } from "../../src/landing/limits";
import { INITIAL } from "../../src/purify/initial";
import { readRecorded } from "../../src/site/read-recorded";
import type { RecordedWatermark } from "../../src/watermark/recorded";
import {
  anchorsInNode,
  collect,
  purifyInNode,
  readShipped,
  sessionInNode,
  signal,
  watermarkInNode,
} from "./support/shipped";

/** The bytes of the engine's tensors after each of five runs. */
async function bytesOfRuns(run: () => AsyncIterable<unknown>): Promise<number[]> {
  const bytes: number[] = [];
  for (let time = 0; time < 5; time++) {
    await collect(run());
    bytes.push(memory().bytes);
  }
  return bytes;
}

/** What stays for good, such as of models that a page holds, is there after the first run. */
async function growsOnlyOnce(run: () => AsyncIterable<unknown>): Promise<void> {
  const [first, ...later] = await bytesOfRuns(run);
  expect(Math.max(...later)).toBeLessThanOrEqual(first!);
}

/** Runs something, and stops at its first event. */
async function stopped(run: () => AsyncIterable<unknown>): Promise<void> {
  for await (const _ of run()) break;
}

describe("the engine's bytes", () => {
  it("are after five sentences, and a sentence that was stopped, as at the start", async () => {
    const before = memory().bytes;
    const run = () => learnSentence({ sentence: SENTENCE, seed: 1 }, signal);
    expect(await bytesOfRuns(run)).toEqual(Array(5).fill(before));
    await stopped(run);
    expect(memory().bytes).toBe(before);
  });

  it("are after five trainings of graph networks as at the start", async () => {
    const before = memory().bytes;
    const { graph, weighing } = readRecorded<RecordedGraph>("graph").graphs.karate;
    const run = () => compareTraining({ graph, labels: weighing.labels, seed: 1 }, signal);
    expect(await bytesOfRuns(run)).toEqual(Array(5).fill(before));
  });

  it("are after five federations, and one that was stopped, as at the start", async () => {
    const before = memory().bytes;
    const session = createFederatedSession(readShipped);
    const run = () => session.run({ ratio: 50, rounds: 2, seed: 1, hasSecondHead: true }, signal);
    expect(await bytesOfRuns(run)).toEqual(Array(5).fill(before));
    await stopped(run);
    expect(memory().bytes).toBe(before);
  });

  it("do not grow with looks at the mixture, its trainings and its tunings, stopped or not", async () => {
    const session = sessionInNode();
    await growsOnlyOnce(() => session.look({ kind: "fine", off: [[3], []], seed: 1 }, signal));
    const train = () => session.train({ seed: 2, steps: 20 }, signal);
    await growsOnlyOnce(train);
    const before = memory().bytes;
    await stopped(train);
    await stopped(() => session.tune({ chosen: [[1], [2]], seed: 1 }, signal));
    expect(memory().bytes).toBe(before);
  });

  it("do not grow with texts that are written and read", async () => {
    const session = watermarkInNode();
    const { seed, strength, payload, readings } = readRecorded<RecordedWatermark>("watermark");
    const { text } = readings.balanced;
    const reading = { scheme: "balanced", text, strength, payload, seed, key: "own" } as const;
    const run = { ...reading, attack: "delete", rate: 0.1 } as const;
    await growsOnlyOnce(() => session.readAll([run], signal));
    const before = memory().bytes;
    await stopped(() => session.write({ scheme: "plain", payload, strength, seed }, signal));
    expect(memory().bytes).toBe(before);
  });

  it("do not grow with prompts that are asked", async () => {
    const session = anchorsInNode();
    await growsOnlyOnce(() => session.look({ seed: 1, target: "labels" }, signal));
  });

  it("do not grow with encoders that are purified", async () => {
    const session = purifyInNode();
    let rho = 0.9;
    await growsOnlyOnce(() => {
      rho += 0.01;
      return session.look({ ...INITIAL, rho }, signal);
    });
  });
});
