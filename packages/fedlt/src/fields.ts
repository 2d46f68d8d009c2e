import type { OptionFields } from "@deepgrain/support";

/** What the options of this package's functions are for, with range and default, for command lines and forms. */
export const fields = {
  /** Of `splitLongTail`. */
  split: {
    clients: {
      kind: "whole",
      min: 1,
      max: 100_000,
      default: 10,
      help: "Clients that share the pictures",
    },
    partition: {
      kind: "choice",
      words: ["prior-scaled", "class-wise"],
      default: "prior-scaled",
      help: "How classes are dealt out: clients of equal size with Dirichlet mixes, or each class by Dirichlet shares",
    },
    alpha: {
      kind: "real",
      min: 0.001,
      default: 1,
      help: "Concentration of the Dirichlet draws: small is skewed",
    },
    seed: { kind: "whole", default: 0, help: "Same seed, same split and same result" },
  },
  /** Of `privacySpent` and `noiseFor`. */
  privacy: {
    noiseMultiplier: {
      kind: "real",
      help: "Noise's standard deviation over the clipping norm, σ",
    },
    epsilon: { kind: "real", help: "Instead of the noise: the guarantee that is wanted" },
    conversion: {
      kind: "choice",
      words: ["classic", "improved"],
      default: "classic",
      help: "From Rényi divergence to (ε, δ): RDP + ln(1/δ)/(α − 1), or the tighter bound of Balle et al. 2020",
    },
  },
  /** Of `trimmedMean` and `krum`, and which aggregator. */
  aggregation: {
    aggregator: {
      kind: "choice",
      words: ["mean", "trimmed-mean", "median", "krum"],
      default: "mean",
      help: "How updates become one model; trimmed-mean, median and krum withstand false updates, and cannot work under --secure",
    },
    trim: {
      kind: "real",
      max: 0.4999,
      default: 0.1,
      help: "Share of the values cut on either side by trimmed-mean",
    },
    byzantine: {
      kind: "whole",
      default: 1,
      help: "Clients that may lie, for krum, which needs 2 of every such client and 3 more",
    },
    krumKeep: {
      kind: "whole",
      min: 1,
      default: 1,
      help: "Updates that krum averages (Multi-Krum)",
    },
  },
  /** Of `dpFedAvg`. */
  privateRounds: {
    dpClip: {
      kind: "real",
      help: "DP-FedAvg: the norm to which each client's change is clipped; with --noise-multiplier",
    },
    noiseMultiplier: {
      kind: "real",
      help: "DP-FedAvg: the noise's standard deviation over --dp-clip",
    },
    delta: {
      kind: "real",
      max: 1,
      default: 1e-5,
      help: "DP-FedAvg: δ of the guarantee that is printed",
    },
  },
  /** Of `openLink`. */
  link: {
    transport: {
      kind: "choice",
      words: ["nats", "websocket"],
      default: "nats",
      help: "Through a NATS broker, or by WebSocket straight to this process",
    },
    server: {
      kind: "text",
      hint: "url",
      help: "A NATS server that runs already: nats://host:4222",
    },
    run: { kind: "token", default: "fed", help: "Name of the run on the broker" },
    host: {
      kind: "text",
      default: "127.0.0.1",
      help: "Address to listen on; others than this machine's own need TLS",
    },
    port: {
      kind: "whole",
      max: 65_535,
      help: "Port to listen on: 4222 for NATS, 8080 for WebSocket by default",
    },
    websocketPort: {
      kind: "whole",
      min: 1,
      max: 65_535,
      help: "Port where the broker listens for browsers",
    },
  },
  /** Of `trainByRounds` and `localSteps`. */
  rounds: {
    innerSteps: {
      kind: "whole",
      min: 1,
      default: 20,
      help: "Steps between two exchanges, H",
    },
    outerLr: { kind: "real", default: 0.7, help: "Rate of the outer Nesterov step" },
    outerMomentum: {
      kind: "real",
      max: 1,
      default: 0.9,
      help: "Its momentum; the paper has 0.9, for far longer runs",
    },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
