import { describe, expect, it } from "vitest";
import { LIMITS, parseGraph } from "../../src/graph/parse-graph";

const file = (content: string | Uint8Array, name = "a.csv") => ({
  name,
  content: typeof content === "string" ? new TextEncoder().encode(content) : content,
});
const edges = "source,target,weight\na,b,2\nb,c,1\n";
const nodes = "id,label,train\na,x,1\nb,y,1\nc,y,0\n";

describe("a visitor's graph", () => {
  it("is read from an edge list and its nodes in CSV", () => {
    const { graph, labels, hasPlaces } = parseGraph([file(edges), file(nodes, "b.csv")]);
    expect(graph).toMatchObject({ title: "a.csv, b.csv", classNames: ["x", "y"] });
    expect(graph.nodes.map(({ name, truth }) => [name, truth])).toEqual([
      ["a", 0],
      ["b", 1],
      ["c", 1],
    ]);
    expect(graph.edges).toEqual([
      [0, 1, 2],
      [1, 2, 1],
    ]);
    expect(labels).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(hasPlaces).toBe(false);
  });

  it("is read from semicolons, tabs and quoted cells", () => {
    const own = '"id";"label"\n"a; b";x\nc;"y ""z"""\n';
    const { graph } = parseGraph([file(own), file("source\ttarget\na; b\tc\n", "b.tsv")]);
    expect(graph.nodes.map(({ name }) => name)).toEqual(["a; b", "c"]);
    expect(graph.classNames).toEqual(["x", 'y "z"']);
  });

  it("may name in its edges nodes that are not listed", () => {
    const { graph, labels } = parseGraph([file(edges), file("id,label\na,x\nc,y", "b.csv")]);
    expect(graph.nodes.map(({ name, truth }) => [name, truth])).toEqual([
      ["a", 0],
      ["c", 1],
      ["b", null],
    ]);
    expect(labels).toHaveLength(2);
  });

  it("is read from graphology's JSON, with places", () => {
    const json = JSON.stringify({
      nodes: [
        { key: "a", attributes: { label: 1, x: 0, y: 0, name: "Ann" } },
        { key: "b", attributes: { label: 2, x: 1, y: 2 } },
      ],
      edges: [{ source: "a", target: "b" }],
    });
    const { graph, labels, hasPlaces } = parseGraph([file(json, "a.json")]);
    expect(graph.nodes).toEqual([
      { name: "Ann", x: 0, y: 0, truth: 0 },
      { name: "b", x: 1, y: 2, truth: 1 },
    ]);
    expect(labels).toHaveLength(2);
    expect(hasPlaces).toBe(true);
  });

  const many = (count: number) => Array.from({ length: count }, (_, i) => i);
  it.each([
    ["empty", [file("")], "a.csv is empty."],
    ["huge", [file(new Uint8Array(1_000_001))], "a.csv has 1,001 kB; at most 1,000 kB are read."],
    [
      "binary",
      [file(new Uint8Array([0xff, 0xfe]))],
      "a.csv is no text in UTF-8; choose a CSV or JSON file.",
    ],
    ["of zero bytes", [file("a\0b")], "a.csv is no text: it holds zero bytes."],
    [
      "of other columns",
      [file("x,y\n1,2")],
      "a.csv must begin with the names of its columns: source and target, or id and label.",
    ],
    [
      "ragged",
      [file("source,target\na,b,c")],
      "a.csv is no table: row 2: expected 2 fields, got 3.",
    ],
    [
      "nothing but names of columns",
      [file("source,target\n")],
      "There are no edges; give a CSV with the columns source and target.",
    ],
    ["open in a quote", [file('source,target\n"a,b')], "a.csv is no table: row 2: "],
    [
      "without labels",
      [file(edges)],
      "Labelled nodes must be of at least two classes: give nodes with the columns id and label.",
    ],
    [
      "of one class",
      [file(edges), file("id,label\na,x\nb,x\nc,x")],
      "Labelled nodes must be of at least two classes: give nodes with the columns id and label.",
    ],
    [
      "without edges",
      [file(nodes)],
      "There are no edges; give a CSV with the columns source and target.",
    ],
    [
      "with a node twice",
      [file(edges), file("id,label\na,x\na,y")],
      "The node “a” is there twice.",
    ],
    [
      "with a node that is not there",
      [file('{"nodes":[{"key":"a"}],"edges":[{"source":"a","target":"z"}]}', "a.json")],
      "An edge names the node “z”, which is not there.",
    ],
    [
      "with a weight that is no number",
      [file("source,target,weight\na,b,NaN"), file(nodes)],
      "The edge from “a” to “b” has the weight NaN; weights are numbers above 0.",
    ],
    [
      "with a weight of 0",
      [file("source,target,weight\na,b,0"), file(nodes)],
      "The edge from “a” to “b” has the weight 0; weights are numbers above 0.",
    ],
    [
      "of too many classes",
      [
        file(edges),
        file(
          `id,label\n${many(7)
            .map((i) => `${i},${i}`)
            .join("\n")}\na,0\nb,0\nc,0`,
        ),
      ],
      "There are 7 classes; at most 6 are coloured.",
    ],
    [
      "of too many nodes",
      [
        file(
          `source,target\n${many(LIMITS.nodes + 1)
            .map((i) => `${i},${(i + 1) % (LIMITS.nodes + 1)}`)
            .join("\n")}`,
        ),
      ],
      "There are 1,001 nodes; at most 1,000 are drawn.",
    ],
    ["no JSON", [file("{nodes", "a.json")], "a.json is no JSON, or was cut off."],
    [
      "JSON of something else",
      [file('{"a":1}', "a.json")],
      "a.json must have the lists nodes and edges, as graphology exports a graph.",
    ],
    [
      "JSON without keys",
      [file('{"nodes":[null],"edges":[]}', "a.json")],
      "Node 1 of a.json has no key.",
    ],
    [
      "JSON without ends",
      [file('{"nodes":[],"edges":[{}]}', "a.json")],
      "Edge 1 of a.json has no source or no target.",
    ],
  ])("is refused where it is %s", (_, files, problem) => {
    expect(() => parseGraph(files)).toThrow(problem);
  });
});
