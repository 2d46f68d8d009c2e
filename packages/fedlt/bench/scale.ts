/** @file A round of 100 clients, and a federation of 10,000 virtual clients of which 100 take part per round: time and memory. */
import { createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import {
  createClassifier,
  createTrainer,
  type Dataset,
  fedAvg,
  finishFederation,
  inProcessTransport,
  stream,
} from "../src";
import { Mlp, moduleEncoder } from "../src/longtail/models";
import { benchLocal } from "./fashion";

setBackend(createWasmBackend({ threads: 1 }));
const encoder = moduleEncoder({
  build: () => new Mlp([196, 128, 64]),
  inputShape: [196],
  width: 64,
});
const initial = await createClassifier(encoder, { classes: 10 });

/** 50 rows that depend on the client's name alone, so that nothing is kept between rounds. */
function rowsOf(clientId: string): Dataset {
  const random = stream(1, "rows", clientId);
  const inputs = Float32Array.from({ length: 50 * 196 }, () => random() - 0.5);
  return {
    inputs,
    labels: Int32Array.from({ length: 50 }, () => Math.floor(10 * random())),
    width: 196,
    classes: 10,
  };
}

async function measure(population: number, rounds: number): Promise<void> {
  const clients = Array.from({ length: population }, (_, k) => `client${k}`);
  const transport = inProcessTransport({
    clients,
    train: createTrainer({ encoder, data: rowsOf }),
  });
  const memory: number[] = [];
  const start = process.cpuUsage();
  await finishFederation(
    {
      transport,
      strategy: fedAvg({ local: benchLocal }),
      initial,
      rounds,
      clientsPerRound: 100,
    },
    {
      onEvent: ({ type }) =>
        type === "round-end" && memory.push(process.memoryUsage().rss / 2 ** 20),
    },
  );
  const { user, system } = process.cpuUsage(start);
  const perRound = (user + system) / 1000 / rounds;
  console.log(
    `${population} clients, 100 per round: ${perRound.toFixed(0)} ms of CPU per round, ${(perRound / 100).toFixed(2)} ms per client; resident memory ${memory[1]!.toFixed(0)} MB after 2 rounds, ${memory.at(-1)!.toFixed(0)} MB after ${rounds}`,
  );
}

await measure(100, 30);
await measure(10_000, 30);
await measure(10_000, 60);
