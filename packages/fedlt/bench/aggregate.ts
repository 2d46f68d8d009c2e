/** @file What the coordinator computes per client and megabyte: checking, writing and reading a message, summing. */
import { type NamedTensors, weightedMean } from "../src";
import { decodeUpdate, encodeUpdate } from "../src/federation/runtime/messages";
import { checkTensors } from "../src/federation/tensors/named-tensors";

const megabyte: NamedTensors = new Map([
  ["w", { shape: [262_144], data: new Float32Array(262_144).fill(0.5) }],
]);
const update = { clientId: "a", params: megabyte, numSamples: 1 };
const message = encodeUpdate({ round: 0, clientId: "a", kind: "fit" }, update);

function cpu(name: string, work: () => void): void {
  for (let i = 0; i < 20; i++) work();
  const start = process.cpuUsage();
  for (let i = 0; i < 100; i++) work();
  const { user, system } = process.cpuUsage(start);
  console.log(`${name}: ${((user + system) / 1e5).toFixed(2)} ms of CPU per MB`);
}

cpu("check", () => checkTensors("bench", megabyte));
cpu("write", () => encodeUpdate({ round: 0, clientId: "a", kind: "fit" }, update));
cpu("read", () => decodeUpdate(message));
const hundred = Array.from({ length: 100 }, () => update);
const start = process.cpuUsage();
for (let i = 0; i < 10; i++) weightedMean().combine(hundred);
const { user, system } = process.cpuUsage(start);
console.log(`sum of 100: ${((user + system) / 1e6).toFixed(2)} ms of CPU per MB and client`);
