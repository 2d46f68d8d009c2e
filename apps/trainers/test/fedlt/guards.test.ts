import { describe, expect, it } from "vitest";
import { aggregatorOf, checkGuards, privateRounds } from "../../src/fedlt/guards";
import { call } from "../call";

const given = {
  method: "fedavg",
  rounds: 3516,
  seed: 1,
  secure: false,
  aggregator: "mean" as const,
  trim: 0.2,
  byzantine: 1,
  krumKeep: 2,
  dpClip: undefined,
  dpQuantile: undefined,
  noiseMultiplier: undefined,
  delta: 1e-5,
  clientsPerRound: undefined,
};
const updates = [1, 2, 3, 4, 90].map((value, k) => ({
  clientId: `client-${k}`,
  params: new Map([["w", { shape: [1], data: Float32Array.of(value) }]]),
  numSamples: 1,
  metrics: {},
}));
const combined = (aggregator: "trimmed-mean" | "median" | "krum") =>
  aggregatorOf({ ...given, aggregator })!
    .combine(updates as never)
    .get("w")!.data[0];

describe("guards", () => {
  it("choose how updates are combined, and a false one is then left out", () => {
    expect(aggregatorOf(given)).toBeUndefined();
    expect(combined("trimmed-mean")).toBe(3);
    expect(combined("median")).toBe(3);
    expect(combined("krum")).toBeCloseTo(2.5);
  });

  it("refuse robust aggregation of hidden updates and other combinations that cannot work", () => {
    const refused = (more: object) => () => {
      checkGuards({ ...given, ...more }, 10);
      privateRounds({ ...given, ...more }, { local: {}, population: 10 });
    };
    expect(refused({ clientsPerRound: 11 })).toThrow("--clients-per-round must be at most");
    expect(refused({ aggregator: "krum", byzantine: 4 })).toThrow(
      "--byzantine 4 needs at least 11",
    );
    expect(refused({ secure: true, aggregator: "krum" })).toThrow("--secure hides");
    expect(refused({ secure: true, aggregator: "trimmed-mean" })).toThrow("--secure hides");
    expect(refused({ dpClip: 1 })).toThrow("--noise-multiplier");
    expect(refused({ noiseMultiplier: 1 })).toThrow("--dp-clip");
    expect(refused({ dpQuantile: 0.5 })).toThrow("--dp-clip");
    const both = { dpClip: 1, noiseMultiplier: 1 };
    expect(refused({ ...both, method: "redgrape" })).toThrow("--method fedavg");
    expect(refused({ ...both, aggregator: "krum" })).toThrow("excludes --aggregator krum");
    expect(refused({ ...both, noiseMultiplier: 0 })).toThrow("noiseMultiplier");
  });

  it("refuse worker threads that would forget personal models", async () => {
    const { code, err } = await call(["fed", "simulate", "--method", "ditto", "--workers", "2"]);
    expect(code).toBe(2);
    expect(err).toContain("--method ditto keeps a model per client: with --workers it needs --out");
  });

  it("make DP-FedAvg with each client drawn on its own, and say what it costs", () => {
    const options = { local: {}, population: 60_000 };
    expect(privateRounds(given, options)).toBeUndefined();
    const dp = { ...given, dpClip: 0.5, noiseMultiplier: 1.3, clientsPerRound: 256 };
    const { strategy, federation, spent } = privateRounds(dp, options)!;
    expect(strategy.name).toBe("DP-FedAvg");
    expect(spent.epsilon).toBeCloseTo(1.19, 1);
    expect(spent.delta).toBe(1e-5);
    expect(federation.onMissedQuorum).toBe("skip");
    const adaptive = privateRounds({ ...dp, dpQuantile: 0.5 }, options)!;
    expect(adaptive.spent).toEqual(spent);
    expect(adaptive.strategy.sumGroups!({} as never).has("within-clip")).toBe(true);
    const all = Array.from({ length: 60_000 }, (_, k) => String(k));
    const drawn = federation.selectClients!(0, all).length;
    expect(drawn).toBeGreaterThan(190);
    expect(drawn).toBeLessThan(330);
  });
});
