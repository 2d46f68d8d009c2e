import { defineGroup } from "../cli/define-command";

export const fed = defineGroup("Federated learning: simulate it, run it on many machines.", {
  simulate: {
    summary: "a whole federation on this machine",
    load: async () => (await import("./simulate")).simulate,
  },
  coordinator: {
    summary: "lead a federation of processes, machines or browser tabs",
    load: async () => (await import("./coordinator")).coordinator,
  },
  client: {
    summary: "take part in a federation",
    load: async () => (await import("./client")).client,
  },
  lm: {
    summary: "train one language model in several processes, by local steps",
    load: async () => (await import("./lm")).lm,
  },
  "lm-worker": {
    summary: "take part in `fed lm`",
    load: async () => (await import("./lm-worker")).lmWorker,
  },
  privacy: {
    summary: "the differential privacy that rounds give, or the noise they need",
    load: async () => (await import("./privacy")).privacy,
  },
});
