import Graph from "graphology";
import karateClub from "graphology-generators/social/karate-club.js";
import { expect, it } from "vitest";
import { renodeWeights } from "../../src";
import { fromGraph, trainNodes, trainPprgo } from "../../src/gnn";
import { seeded } from "../support/seeded";

const club = karateClub(Graph);
for (const node of [0, 4, 8]) club.setNodeAttribute(node, "label", "Mr. Hi");
for (const node of [14, 31, 33]) club.setNodeAttribute(node, "label", "Officer");
const data = fromGraph(club, { getNodeFeatures: null });
const EPOCHS = 1_000_000;

/** Runs the work with a signal that a timer of this thread raises; says how many events came. */
async function stopped(work: (signal: AbortSignal) => AsyncIterable<unknown>): Promise<number> {
  const stop = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => stop.abort(reason), 1);
  let events = 0;
  const run = async () => {
    for await (const _ of work(stop.signal)) events++;
  };
  await expect(run()).rejects.toBe(reason);
  return events;
}

it.each([
  ["trainNodes", "whole", {}],
  ["trainNodes", "sampled", { sampling: { fanouts: [3, 3], batchSize: 2 } }],
] as const)("%s (%s) ends with the reason of a signal that a timer raises", async (_, __, more) => {
  const options = { model: "graphsage", maxEpochs: EPOCHS, patience: EPOCHS, ...more } as const;
  const random = seeded(1);
  expect(await stopped((signal) => trainNodes(data, { ...options, random, signal }))).toBeLessThan(
    EPOCHS,
  );
});

it("trainPprgo ends with the reason of a signal that a timer raises", async () => {
  const random = seeded(1);
  expect(
    await stopped((signal) => trainPprgo(data, { random, epochs: EPOCHS, signal })),
  ).toBeLessThan(EPOCHS);
});

it("renodeWeights.events ends with the reason of a signal that a timer raises", async () => {
  const order = 50_000;
  const ring = {
    order,
    offsets: Int32Array.from({ length: order + 1 }, (_, i) => i),
    targets: Int32Array.from({ length: order }, (_, i) => (i + 1) % order),
  };
  const getNodeLabel = Int32Array.from({ length: order }, (_, i) => i);
  await stopped((signal) => renodeWeights.events(ring, { getNodeLabel, signal }));
});
