import { Generator, randn, setBackend, tensor, tidy } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { topKGate } from "../src";
import { routeToken } from "../src/router/route-token";
import { type RouterConfig, resolveRouter } from "../src/router/router-config";

beforeEach(() => void setBackend("js"));

const place = { where: "topKGate" };

/** Settings of all families. */
const settings = fc.record({
  scoring: fc.constantFrom("softmax" as const, "sigmoid" as const),
  method: fc.constantFrom("greedy" as const, "group_limited_greedy" as const, "noaux_tc" as const),
  family: fc.constantFrom("deepseek_v2" as const, "deepseek_v3" as const),
  biasMode: fc.constantFrom("add" as const, "multiply" as const),
  normTopkProb: fc.boolean(),
  topK: fc.integer({ min: 1, max: 4 }),
  groups: fc.constantFrom(1, 2, 4),
  scale: fc.constantFrom(1, 2.5),
});

describe("routeToken", () => {
  it("chooses and weighs as topKGate does, whatever the settings", () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 1e6 }), (drawn, seed) => {
        const groupsKept = Math.min(2, drawn.groups);
        const config: RouterConfig = { ...drawn, experts: 8, groupsKept };
        tidy(() => {
          const generator = new Generator(seed);
          const logits = randn([1, 8], { generator });
          const bias = drawn.method === "noaux_tc" ? randn([8], { generator }) : null;
          const gate = topKGate(logits, config, { bias });
          const router = resolveRouter(config);
          const got = routeToken(logits.dataSync(), router, bias?.dataSync() ?? null, place);
          expect(got.ids).toEqual([...gate.ids.dataSync()]);
          expect(got.weights).toBeAllclose(gate.weights.dataSync(), { rtol: 1e-5, atol: 1e-7 });
        });
      }),
      { numRuns: 200 },
    );
  });

  it("gives ties to the lower expert, and takes −∞ for a mask", () => {
    const router = resolveRouter({ experts: 4, topK: 2 });
    expect(routeToken([1, 3, 3, 1], router, null, place).ids).toEqual([1, 2]);
    expect(routeToken([-Infinity, 0, -Infinity, 0], router, null, place)).toEqual({
      ids: [1, 3],
      weights: [0.5, 0.5],
    });
  });

  it("refuses NaN and +∞ as topKGate does", () => {
    const router = resolveRouter({ experts: 3, topK: 1 });
    for (const wrong of [Number.NaN, Infinity]) {
      const logits = [0, wrong, 0];
      const caught = [
        () => routeToken(logits, router, null, place),
        () => topKGate(tensor(logits, { shape: [1, 3] }), { experts: 3, topK: 1 }),
      ].map((call) => {
        try {
          return call();
        } catch (error) {
          return error as Error;
        }
      });
      expect(caught[0]).toMatchObject({ code: "ERR_NOT_FINITE" });
      expect((caught[0] as Error).message).toBe((caught[1] as Error).message);
    }
  });
});
