import { defineGroup } from "../cli/define-command";

export const fed = defineGroup("Federated learning: simulate it, run it on many machines.", {
  simulate: {
    summary: "run a whole federation on this machine",
    load: async () => (await import("./simulate")).simulate,
  },
  coordinator: {
    summary: "coordinate a federation of processes, machines or browser tabs",
    load: async () => (await import("./coordinator")).coordinator,
  },
  client: {
    summary: "join a federation",
    load: async () => (await import("./client")).client,
  },
  lm: {
    summary: "train one language model in several processes that take local steps",
    load: async () => (await import("./lm")).lm,
  },
  "lm-worker": {
    summary: "join `fed lm` as a worker",
    load: async () => (await import("./lm-worker")).lmWorker,
  },
  privacy: {
    summary: "compute the differential privacy of rounds, or the noise they need",
    load: async () => (await import("./privacy")).privacy,
  },
});
