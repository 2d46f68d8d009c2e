import Graph from "graphology";
import { describe, expect, it } from "vitest";
import { renodeWeights } from "../../src";
import { conflictDrawing, drawConflicts, drawingPage } from "../../src/draw";
import { drawingSource, scaleColour } from "../../src/draw/mount-drawing";

function graph(): Graph {
  const made = new Graph();
  made.addNode("a", { label: "x", name: "Ann </script><b>" });
  made.addNode("b", { label: "y" });
  made.addNode("c");
  made.addEdge("a", "b");
  made.addEdge("b", "c");
  return made;
}
const drawingOf = (made: Graph) => conflictDrawing(made, renodeWeights.detailed(made));

describe("conflictDrawing", () => {
  it("gives each node its place, name and scores, each edge its ends", () => {
    const { nodes, edges, minWeight, maxWeight } = drawingOf(graph());
    expect(nodes.map(({ key, label }) => [key, label])).toEqual([
      ["a", "Ann </script><b>"],
      ["b", "b"],
      ["c", "c"],
    ]);
    expect(nodes.map((node) => node.class)).toEqual(["x", "y", null]);
    expect(nodes[2]).toMatchObject({ totoro: null, conflict: null, weight: null });
    expect([...nodes.slice(0, 2)].map(({ conflict }) => conflict).sort()).toEqual([0, 1]);
    expect(edges).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect([minWeight, maxWeight]).toEqual([0.5, 1.5]);
  });

  it("keeps a layout that the graph has, else spreads nodes so that none overlap", () => {
    const laid = graph();
    laid.forEachNode((key) => {
      laid.mergeNodeAttributes(key, { x: 7, y: key.charCodeAt(0) });
    });
    expect(drawingOf(laid).nodes.map(({ x, y }) => [x, y])).toEqual([
      [7, 97],
      [7, 98],
      [7, 99],
    ]);
    const places = drawingOf(graph()).nodes.map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(3);
  });
});

describe("drawingPage", () => {
  it("lets no name, title or script end a tag", () => {
    const text = drawingPage(drawingOf(graph()), {
      scripts: ["const a = '</script>'"],
      title: "<i>",
    });
    expect(text.match(/<\/script>/g)).toHaveLength(3);
    expect(text).not.toContain("<b>");
    expect(text).toContain("<title>&lt;i&gt;</title>");
  });

  it("says how many nodes are labelled, how much they conflict and what they reach", () => {
    const { nodes, ...drawing } = drawingOf(graph());
    const page = (totoro: readonly number[], total: number) => {
      const scored = nodes.map((node, i) => ({ ...node, totoro: totoro[i] ?? null }));
      return drawingPage({ ...drawing, nodes: scored, total, cover: 0.5 }, { scripts: [] });
    };
    expect(page([0.25, 0.5], 0.75)).toContain(
      "2 of 3 nodes have a class label. Their total conflict is 0.750, from 0.250 to 0.500 per node; their influence reaches 50.0 % of all nodes.",
    );
  });
});

/** CIE lightness of a colour in six digits, 0 to 100. */
function lightness(colour: string): number {
  const linear = [1, 3, 5].map((at) => {
    const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const y = 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
  return y <= 216 / 24389 ? (y * 24389) / 27 : 116 * Math.cbrt(y) - 16;
}

/** Sigma, as far as it is used, without a screen. */
class FakeSigma {
  listener: ((event: { node: string }) => void) | undefined;
  static last: FakeSigma;
  constructor(readonly graph: Graph) {
    FakeSigma.last = this;
  }
  on(_: string, listener: (event: { node: string }) => void) {
    this.listener = listener;
  }
  getNodeDisplayData = () => ({ x: 0, y: 0 });
  getCamera = () => ({ animate: () => undefined });
  kill() {}
}

describe("drawConflicts", () => {
  const libraries = { MultiGraph: Graph, Sigma: FakeSigma };
  const colours = () =>
    FakeSigma.last.graph.mapNodes((key, { color }) => [key, color as string] as const);

  it.each([false, true])("colours by a scale that is monotone in lightness, dark: %s", (isDark) => {
    const found = Array.from({ length: 101 }, (_, i) => lightness(scaleColour(i / 100, isDark)));
    const sign = isDark ? 1 : -1;
    for (let i = 1; i < found.length; i++)
      expect(sign * (found[i]! - found[i - 1]!), `step ${i}`).toBeGreaterThan(0);
    expect(Math.abs(found[100]! - found[0]!)).toBeGreaterThan(40);
  });

  it("gives each class a colour of its own, grey without a label, and says which", () => {
    const drawn = drawConflicts({}, drawingOf(graph()), libraries, { colourBy: "class" });
    const legend = drawn.colourBy("class");
    expect(legend).toMatchObject({
      kind: "classes",
      classes: [
        ["x", /#/],
        ["y", /#/],
      ].map(([name]) => [name, expect.stringMatching(/^#[0-9a-f]{6}$/)]),
    });
    const own = new Map(colours());
    const named = new Map(legend.kind === "classes" ? legend.classes : []);
    expect([own.get("a"), own.get("b"), own.get("c")]).toEqual([
      named.get("x"),
      named.get("y"),
      "#b4bac4",
    ]);
    expect(new Set(own.values()).size).toBe(3);
  });

  it("tells the node that is clicked, and finds nodes by key, by name or by part of it", () => {
    const seen: string[] = [];
    const drawn = drawConflicts({}, drawingOf(graph()), libraries, {
      onSelect: (node) => void seen.push(node.label),
    });
    FakeSigma.last.listener!({ node: "b" });
    expect(seen).toEqual(["b"]);
    expect([
      drawn.find("B")?.key,
      drawn.find("ann")?.key,
      drawn.find("zed"),
      drawn.find(" "),
    ]).toEqual(["b", "a", undefined, undefined]);
    drawn.dispose();
  });

  it("refuses what is no element, no drawing and no library", () => {
    const drawing = drawingOf(graph());
    for (const [container, given, own] of [
      [null, drawing, libraries],
      [{}, {}, libraries],
      [{}, drawing, { MultiGraph: Graph }],
    ])
      expect(() => drawConflicts(container as never, given as never, own as never)).toThrow(
        expect.objectContaining({ code: "ERR_ARGUMENT" }),
      );
    expect(() => drawConflicts({}, drawing, libraries, { colour: "class" } as never)).toThrow(
      /unknown option "colour"/,
    );
  });

  it("is what the page draws by: its text does the same", () => {
    const made = new Function(
      `${drawingSource()}\nreturn drawConflicts;`,
    )() as typeof drawConflicts;
    const drawing = drawingOf(graph());
    const legend = made({}, drawing, libraries).colourBy("conflict");
    const inPage = colours();
    expect(legend).toEqual(drawConflicts({}, drawing, libraries).colourBy("conflict"));
    expect(inPage).toEqual(colours());
    expect(drawingPage(drawing, { scripts: [] })).toContain("const drawConflicts = function");
  });
});
