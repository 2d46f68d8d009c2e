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
const MAX_SCORE = { cora: 0.005244055205, citeseer: 0.010182287662 };
const ZEROS = { cora: 18, citeseer: 40 };

describe.skipIf(!hasCitations).each(citationNames)("%s against a dense inverse", (name) => {
  it("gives the same scores, ranks, weights and total", async () => {
    const expected = reference(name);
    const found = renodeWeights.detailed(toGraphology(await citation(name)));
    expect(found.keys).toEqual(expected.nodes.map(String));
    expect(found.labels).toEqual(expected.labels);
    expect(found.totoro).toBeAllclose(expected.totoro, TOLERANCE);
    expect([...found.ranks]).toEqual(expected.rank);
    expect(found.weights).toBeAllclose(expected.weight, TOLERANCE);
    expect([found.total, Math.max(...found.totoro)]).toBeAllclose(
      [expected.totoroSum, MAX_SCORE[name]],
      TOLERANCE,
    );
    expect(found.totoro.filter((value) => value < 1e-12)).toHaveLength(ZEROS[name]);
  });

  it("gives the same rows of influence", async () => {
    const { pprSelf, pprRow0Top } = reference(name);
    const graph = toGraphology(await citation(name));
    const keys = graph.nodes().slice(0, pprSelf.length);
    const rows = personalizedPagerank.rows(graph, keys);
    const own = keys.map((key, r) => {
      const at = rows.indices.indexOf(Number(key), rows.offsets[r]);
      return at < rows.offsets[r + 1]! ? rows.values[at]! : 0;
    });
    expect(own).toBeAllclose(pprSelf, TOLERANCE);
    const scores = personalizedPagerank(graph, { source: "0" });
    for (const [node, value] of pprRow0Top)
      expect([scores[node]!]).toBeAllclose([value], TOLERANCE);
  });

  it("is the same from a CSR that lists each edge once", async () => {
    const { nodes, source, target, labels, split } = await citation(name);
    const offsets = new Int32Array(nodes + 1);
    for (const from of source) offsets[from + 1]!++;
    for (let i = 0; i < nodes; i++) offsets[i + 1]! += offsets[i]!;
    const targets = new Int32Array(source.length);
    const next = offsets.slice();
    source.forEach((from, e) => {
      targets[next[from]!++] = target[e]!;
    });
    const score = scoreGraph(
      { order: nodes, offsets, targets },
      { getNodeLabel: labels, getNodeTrain: new Set(Array.from(split.train, String)) },
    );
    expect(score.nodes.map(({ rank }) => rank)).toEqual(reference(name).rank);
    expect([score.total]).toBeAllclose([reference(name).totoroSum], TOLERANCE);
  });
});
