import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import {
  clientFlags,
  coordinatorFlags,
  lmFlags,
  lmWorkerFlags,
  privacyFlags,
  simulateFlags,
} from "./flags";

export const fed = defineGroup("Federated learning: simulate it, run it on many machines.", {
  simulate: defineCommand({
    summary: "run a whole federation on this machine",
    description:
      "Runs a whole federation on this machine, on long-tailed images that are skewed across clients.",
    examples: [
      "fed simulate",
      "fed simulate --method fedavg --data fashion-mnist --out run",
      "fed simulate --method fedavg --dp-clip 0.5 --noise-multiplier 1 --clients 100 --clients-per-round 10",
      "fed simulate --method fedavg --aggregator krum --byzantine 2",
      "fed simulate --clients 1000 --clients-per-round 50 --largest 700 --workers 2",
    ],
    flags: simulateFlags,
    isTraining: true,
    run: async (...call) => (await import("./simulate")).simulate(...call),
  }),
  coordinator: defineCommand({
    summary: "coordinate a federation of processes, machines or browser tabs",
    description:
      "Coordinates a federation of processes, machines or browser tabs: makes their keys, deals the images out, sends the model, combines their updates, tests the result.",
    examples: [
      "fed coordinator --start-broker --clients 4 --out run",
      "fed coordinator --port 8080 --clients 4 --quorum 2 --deadline 30 --out run",
      "fed coordinator --endpoint nats://broker.example:4222 --clients 4 --out run",
    ],
    flags: coordinatorFlags,
    isTraining: true,
    run: async (...call) => (await import("./coordinator")).coordinator(...call),
  }),
  client: defineCommand({
    summary: "join a federation",
    description:
      "Joins a federation with images that stay on this machine: with the share that the coordinator names, or a whole folder. The coordinator prints the whole line for each client.",
    examples: [
      "fed client --id client-0 --key run/keys/client-0.key --endpoint nats://127.0.0.1:4222",
      "fed client --id clinic --key clinic.key --endpoint wss://fed.example:8080 --data cifar-10 --folder mine --all",
    ],
    flags: clientFlags,
    isComputing: true,
    run: async (...call) => (await import("./client")).client(...call),
  }),
  lm: defineCommand({
    summary: "train one language model in several processes that take local steps",
    description:
      "Trains one language model in several processes that exchange weights occasionally (DiLoCo: local AdamW, outer Nesterov momentum).",
    examples: [
      "fed lm --workers 4 --out run --plain",
      "fed lm --workers 2 --remote --host 10.0.0.7 --tls-cert a.pem --tls-key a.key --out run",
    ],
    flags: lmFlags,
    isTraining: true,
    run: async (...call) => (await import("./lm")).lm(...call),
  }),
  "lm-worker": defineCommand({
    summary: "join `fed lm` as a worker",
    description:
      "Works for `fed lm`: takes the model, trains local steps on its share of the text, and sends the change back.",
    examples: [
      "fed lm-worker --id worker-1 --key run/keys/worker-1.key --endpoint ws://10.0.0.7:8080 --data english --tokenizer run --out mine",
    ],
    flags: lmWorkerFlags,
    isComputing: true,
    run: async (...call) => (await import("./lm-worker")).lmWorker(...call),
  }),
  privacy: defineCommand({
    summary: "compute the differential privacy of rounds, or the noise they need",
    description:
      "Computes the differential privacy that rounds of DP-FedAvg give each client, or the noise that a wanted guarantee needs.",
    examples: [
      "fed privacy --sampling-rate 0.00427 --noise-multiplier 1.1 --rounds 14063 --delta 1e-5 --json",
      "fed privacy --sampling-rate 0.01 --epsilon 2 --rounds 1000 --delta 1e-6",
    ],
    flags: privacyFlags,
    run: async (...call) => (await import("./privacy")).privacy(...call),
  }),
});
