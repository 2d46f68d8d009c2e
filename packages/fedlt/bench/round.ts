/**
 * @file CPU time of one FedAvg round of the quick bench (10 clients, E 2, B 32, evaluation left out), one thread, beside its
 * NumPy twin: node round.js [python command].
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import {
  createClassifier,
  createTrainer,
  type Dataset,
  fedAvg,
  finishFederation,
  inProcessTransport,
  splitLongTail,
} from "../src";
import { Mlp, moduleEncoder } from "../src/longtail/models";
import { benchLocal, fashionMnist } from "./fashion";

setBackend(createWasmBackend({ threads: 1 }));
const rounds = 20;
const encoder = moduleEncoder({
  build: () => new Mlp([196, 128, 64]),
  inputShape: [196],
  width: 64,
});
const { clients } = splitLongTail(await fashionMnist("train"), {
  largest: 2000,
  clients: 10,
  rounding: "floor",
  seed: 0,
});

async function ours(): Promise<number> {
  const ids = clients.map((_, k) => String(k));
  const transport = inProcessTransport({
    clients: ids,
    train: createTrainer({ encoder, data: (id) => clients[Number(id)]! }),
  });
  const initial = await createClassifier(encoder, { classes: 10 });
  const strategy = fedAvg({ local: benchLocal });
  await finishFederation({ transport, strategy, initial, rounds: 3 }); // warms up
  const times: number[] = [];
  let start = process.cpuUsage();
  await finishFederation(
    { transport, strategy, initial, rounds },
    {
      onEvent: ({ type }) => {
        if (type !== "round-end") return;
        const { user, system } = process.cpuUsage(start);
        times.push((user + system) / 1000);
        start = process.cpuUsage();
      },
    },
  );
  return times.sort((a, b) => a - b)[rounds >> 1]!;
}

/** The same clients as raw files for the twin. */
function twin(python: string, parts: readonly Dataset[]): number | undefined {
  if (spawnSync(python, ["-c", "import numpy"]).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-fedavg-"));
  try {
    parts.forEach(({ inputs, labels }, k) => {
      writeFileSync(join(folder, `${k}.x`), inputs);
      writeFileSync(join(folder, `${k}.y`), labels);
    });
    const script = new URL("../../../../../bench/peers/fedavg.py", import.meta.url).pathname;
    const env = {
      ...process.env,
      OPENBLAS_NUM_THREADS: "1",
      OMP_NUM_THREADS: "1",
      MKL_NUM_THREADS: "1",
    };
    const { stdout, stderr, status } = spawnSync(
      python,
      [script, folder, String(parts.length), String(rounds)],
      { encoding: "utf8", env },
    );
    if (status !== 0) throw new Error(stderr);
    return Number(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const python = process.argv[2] ?? "python3";
for (let i = 0; i < 3; i++) {
  const own = await ours();
  const theirs = twin(python, clients);
  const ratio =
    theirs === undefined
      ? "no NumPy here"
      : `NumPy ${theirs.toFixed(0)} ms, ratio ${(theirs / own).toFixed(2)}`;
  console.log(`FedAvg round, CPU time: ${own.toFixed(0)} ms; ${ratio}`);
}
