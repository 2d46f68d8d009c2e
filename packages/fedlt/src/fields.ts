/**
 * The options of federations and strategies as data: help, range and default, for command lines and forms.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";

/** The purpose, range and default of this package's options, for command lines and forms. */
export const fields = {
  /** Of `splitLongTail`. */
  split: {
    clients: {
      kind: "whole",
      min: 1,
      max: 100_000,
      default: 10,
      help: "Number of clients that share the images",
    },
    partition: {
      kind: "choice",
      words: ["prior-scaled", "class-wise"],
      default: "prior-scaled",
      help: "How to split the classes: equal-sized clients with Dirichlet mixes, or Dirichlet shares of each class",
    },
    alpha: {
      kind: "real",
      above: 0,
      default: 1,
      help: "Concentration of the Dirichlet draws: the smaller, the more skewed",
    },
    seed: { kind: "whole", default: 0, help: "Same seed, same split and same result" },
  },
  /** Of `privacySpent` and `noiseFor`. */
  privacy: {
    noiseMultiplier: {
      kind: "real",
      above: 0,
      help: "σ: standard deviation of the noise, divided by the clipping norm",
    },
    epsilon: { kind: "real", above: 0, help: "Wanted guarantee, instead of the noise" },
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
      help: "How to combine updates; trimmed-mean, median and krum withstand false updates, but do not work with --secure",
    },
    trim: {
      kind: "real",
      max: 0.4999,
      default: 0.1,
      help: "Share of values that trimmed-mean cuts on each side",
    },
    byzantine: {
      kind: "whole",
      default: 1,
      help: "Number of false clients that krum withstands; it needs 2 clients for each, plus 3",
    },
    krumKeep: {
      kind: "whole",
      min: 1,
      default: 1,
      help: "Number of updates that krum averages (Multi-Krum)",
    },
  },
  /** Of `dpFedAvg`. */
  privateRounds: {
    dpClip: {
      kind: "real",
      above: 0,
      help: "DP-FedAvg: the norm to which each client's change is clipped; with --noise-multiplier",
    },
    dpQuantile: {
      kind: "real",
      max: 1,
      help: "DP-FedAvg: the norm begins at --dp-clip and follows this quantile of the changes' norms, such as 0.5, at the same privacy cost",
    },
    noiseMultiplier: {
      kind: "real",
      help: "DP-FedAvg: standard deviation of the noise, divided by --dp-clip",
    },
    delta: {
      kind: "real",
      above: 0,
      max: 1,
      default: 1e-5,
      help: "DP-FedAvg: δ of the guarantee that is printed",
    },
  },
  /** Of `openLink`. */
  link: {
    transport: {
      kind: "choice",
      words: ["websocket", "nats"],
      help: "Connect directly to this process by WebSocket, the default, or through a NATS broker, as --start-broker and --endpoint imply",
    },
    server: {
      kind: "text",
      hint: "url",
      help: "A running NATS server: nats://host:4222",
    },
    run: { kind: "token", default: "fed", help: "Name of the run on the broker" },
    host: {
      kind: "text",
      default: "127.0.0.1",
      help: "Address to listen on; any but loopback needs TLS",
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
