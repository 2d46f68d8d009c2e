import { defineGroup } from "../../cli/define-command";

export const fed = defineGroup(
  "Federated learning: simulate it, run it on many machines, compare its methods.",
  {
    simulate: {
      summary: "a whole federation on this machine",
      load: async () => (await import("./commands/simulate")).simulate,
    },
    coordinator: {
      summary: "lead a federation of processes, machines or browser tabs",
      load: async () => (await import("./commands/coordinator")).coordinator,
    },
    client: {
      summary: "take part in a federation",
      load: async () => (await import("./commands/client")).client,
    },
    lm: {
      summary: "train one language model in several processes, by local steps",
      load: async () => (await import("../../federation/commands/lm")).lm,
    },
    "lm-worker": {
      summary: "take part in `fed lm`",
      load: async () => (await import("../../federation/commands/lm-worker")).lmWorker,
    },
    privacy: {
      summary: "the differential privacy that rounds give, or the noise they need",
      load: async () => (await import("../../federation/commands/privacy")).privacy,
    },
    compare: {
      summary: "RedGrape and its rivals on long-tailed pictures: table and report",
      load: async () => (await import("./commands/compare")).compare,
    },
  },
);
