import { expect, it } from "vitest";
import { cloneTensors, fedAvg, finishFederation, inProcessTransport } from "../support/all";

it("runs 10,000 virtual clients, 100 per round, in memory that does not grow with the rounds", async () => {
  const clients = Array.from({ length: 10_000 }, (_, k) => `client${k}`);
  const transport = inProcessTransport({
    clients,
    train: ({ params }) => ({ params: cloneTensors(params), numSamples: 1 }),
  });
  const initial = new Map([["w", { shape: [32_768], data: new Float32Array(32_768).fill(1) }]]);
  const megabytes: number[] = [];
  const { counts } = await finishFederation(
    { transport, strategy: fedAvg(), initial, rounds: 60, clientsPerRound: 100 },
    {
      onEvent: ({ type }) =>
        type === "round-end" && megabytes.push(process.memoryUsage().rss / 2 ** 20),
    },
  );
  expect(counts.accepted).toBe(6000);
  // 40 rounds of updates are 500 MB; what stays is one or two rounds'.
  expect(megabytes.at(-1)! - megabytes[19]!).toBeLessThan(120);
});
