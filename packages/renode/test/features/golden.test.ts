import { describe, expect, it } from "vitest";
import { personalizedPagerank, renodeWeights, scoreGraph } from "../../src";
import {
  citation,
  citationNames,
  hasCitations,
  reference,
  toGraphology,
} from "../support/citation";

const TOLERANCE = { rtol: 0, atol: 1e-9 };

describe.skipIf(!hasCitations).each(citationNames)("%s against a dense inverse", (name) => {
  it("gives the same scores, ranks, weights and total", async () => {
    const expected = reference(name);
    const { totoro, ranks, weights, keys, labels, total } = renodeWeights.detailed(
      toGraphology(await citation(name)),
    );
    expect(keys).toEqual(expected.nodes.map(String));
    expect(labels).toEqual(expected.labels);
    expect(totoro).toBeAllclose(expected.totoro, TOLERANCE);
    expect([...ranks]).toEqual(expected.rank);
    expect(weights).toBeAllclose(expected.weight, TOLERANCE);
    expect([total]).toBeAllclose([expected.totoroSum], TOLERANCE);
  });
});
