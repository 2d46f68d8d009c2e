import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scoreGraph } from "@deepgrain/renode";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { graph, graphFolder, twoTriangles, writeCitationFolder } from "./tiny-graphs";

const readJson = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));

describe("renode score", () => {
  it("writes total and scores of the labelled nodes in graph order, and nothing else", async () => {
    const cwd = await graphFolder();
    const { code, out, err } = await call(
      ["renode", "score", "--graph", "graph.json", "--out", "out.json"],
      { cwd },
    );
    expect({ code, out }).toEqual({ code: 0, out: `${join(cwd, "out.json")}\n` });
    expect(err).toContain("4 labelled nodes, total conflict");
    const written = await readJson(cwd, "out.json");
    expect(written).toEqual(scoreGraph(graph));
    expect(Object.keys(written)).toEqual(["total", "nodes"]);
    expect(written.nodes.map(({ key }: { key: string }) => key)).toEqual(["a", "c", "d", "f"]);
    expect(Object.keys(written.nodes[0])).toEqual(["key", "totoro", "rank", "weight"]);
  });

  it.each([
    ["graph.gexf", "--label-attribute", "topic"],
    ["graph.graphml"],
    ["graph.csv", "--nodes", "nodes.csv"],
    ["graph.txt", "--nodes", "nodes.csv"],
  ])("reads %s as the same graph", async (...args) => {
    const cwd = await graphFolder();
    const { code, out } = await call(["renode", "score", "--json", "--graph", ...args], { cwd });
    expect(code).toBe(0);
    const { total, nodes, cover } = JSON.parse(out);
    expect({ total, nodes }).toEqual(scoreGraph(graph));
    expect(cover).toBe(1);
  });

  it("passes restart, weights, tolerance, ties and the other options on", async () => {
    const cwd = await graphFolder();
    const given =
      "--restart 0.3 --min-weight 0.25 --max-weight 1.75 --tolerance 1e-9 --ties average --row-normalize l1 --rank-divisor count";
    const { out } = await call(
      ["renode", "score", "--graph", "graph.json", "--json", ...given.split(" ")],
      { cwd },
    );
    const { total, nodes } = JSON.parse(out);
    const options = { restart: 0.3, minWeight: 0.25, maxWeight: 1.75, tolerance: 1e-9 } as const;
    const ranking = { ties: "average", rowNormalize: "l1", rankDivisor: "count" } as const;
    expect({ total, nodes }).toEqual(scoreGraph(graph, { ...options, ...ranking }));
  });

  it("warns where most edges join two classes", async () => {
    const cwd = await temporaryFolder();
    const nodes = ["a", "b", "c", "d"].map((key, i) => ({ key, attributes: { label: i % 2 } }));
    const edges = ["ab", "bc", "cd"].map(([source, target]) => ({ source, target }));
    await writeFile(join(cwd, "path.json"), JSON.stringify({ nodes, edges }));
    const { code, err } = await call(["renode", "score", "--graph", "path.json"], { cwd });
    expect(code).toBe(0);
    expect(err).toContain("only 0 % of the edges between labelled nodes join nodes of one class");
  });

  it.each([
    [["--graph", "graph.doc"], 2, "--graph must end in .json, .gexf"],
    [["--graph", "nowhere.json"], 2, "--graph: there is no"],
    [["--graph", "nodes.csv"], 1, 'row 1: the weight must be a number, got "train"'],
    [["--graph", "single.csv"], 1, "row 2 must hold two keys"],
    [["--graph", "broken.json"], 1, "broken.json"],
    [["--graph", "broken.gexf"], 1, "broken.gexf"],
    [["--graph", "graph.json", "--nodes", "nodes.csv"], 2, "--nodes goes with a list of edges"],
    [
      ["--graph", "graph.json", "--label-attribute", "topic"],
      2,
      "name the attribute with --label-attribute",
    ],
    [["--graph", "graph.csv"], 2, "a list of edges needs --nodes"],
    [
      ["--graph", "graph.json", "--min-weight", "2"],
      2,
      "--max-weight must be a finite number of at least 2, got 1.5",
    ],
    [["--graph", "graph.json", "--restart", "0"], 2, "--restart must be a finite number above 0"],
    [["--graph", "graph.json", "--split", "balanced"], 1, "class 0 has"],
  ])("refuses %j with exit code %i", async (args, exit, message) => {
    const cwd = await graphFolder();
    await writeFile(join(cwd, "nodes.csv"), "id,label,train\nf,\n");
    await writeFile(join(cwd, "single.csv"), "a,b\nc,\n");
    await writeFile(join(cwd, "broken.json"), '{"nodes": [{"id": 1}]}');
    await writeFile(join(cwd, "broken.gexf"), "<nothing/>");
    await writeFile(join(cwd, "graph.doc"), "");
    const { code, out, err } = await call(["renode", "score", ...args], { cwd });
    expect({ code, out }).toEqual({ code: exit, out: "" });
    expect(err).toContain(message);
  });

  it.skipIf(sharedIsMissing)("gives the reference's scores on Cora within 1e-9", async () => {
    const folder = shared("data/cora");
    const { out } = await call(["renode", "score", "--graph", folder, "--json"]);
    const { total, nodes } = JSON.parse(out);
    const reference = await readJson(folder, "renode-reference.json");
    expect(Math.abs(total - reference.totoroSum)).toBeLessThan(1e-9);
    for (const [v, { key, totoro, rank, weight }] of nodes.entries()) {
      expect([key, rank]).toEqual([String(reference.nodes[v]), reference.rank[v]]);
      expect(Math.abs(totoro - reference.totoro[v])).toBeLessThan(1e-9);
      expect(Math.abs(weight - reference.weight[v])).toBeLessThan(1e-9);
    }
    expect(nodes).toHaveLength(140);
  });
});

describe("renode weights", () => {
  const write = async (...args: string[]) => {
    const cwd = await graphFolder();
    const result = await call(["renode", "weights", "--graph", "graph.json", ...args], { cwd });
    return { cwd, ...result };
  };

  it("writes a table with id, totoro, rank and weight", async () => {
    const { cwd, code } = await write("--out", "weights.csv");
    expect(code).toBe(0);
    const lines = (await readFile(join(cwd, "weights.csv"), "utf8")).trim().split("\n");
    const { nodes } = scoreGraph(graph);
    expect(lines[0]).toBe("id,totoro,rank,weight");
    expect(lines.slice(1)).toEqual(
      nodes.map(({ key, totoro, rank, weight }) => [key, totoro, rank, weight].join(",")),
    );
  });

  it("writes a NumPy array in graph order, or in the trainer's", async () => {
    const { cwd } = await write("--out", "weights.npy");
    const floats = async (name: string) => {
      const bytes = await readFile(join(cwd, name));
      return Array.from({ length: 6 }, (_, i) => bytes.readFloatLE(bytes.length - 24 + 4 * i));
    };
    const byKey = new Map(
      scoreGraph(graph).nodes.map(({ key, weight }) => [key, Math.fround(weight)]),
    );
    const expected = (order: string) => [...order].map((key) => byKey.get(key) ?? 0);
    expect(await floats("weights.npy")).toEqual(expected("abcdef"));
    await writeFile(join(cwd, "ids.txt"), "f\ne\nd\nc\nb\na\n");
    const args = ["renode", "weights", "--graph", "graph.json", "--out", "turned.npy"];
    await call([...args, "--order", "ids.txt"], { cwd });
    expect(await floats("turned.npy")).toEqual(expected("fedcba"));
  });

  it.each(["weighted.json", "weighted.gexf"])(
    "writes the graph with attributes as %s",
    async (name) => {
      const { cwd } = await write("--out", name, "--attribute", "w");
      const { out } = await call(
        [
          "renode",
          "weights",
          "--graph",
          name,
          "--out",
          "again.json",
          ...(name.endsWith("gexf") ? ["--split", "given"] : []),
        ],
        { cwd },
      );
      expect(out).toBe(`${join(cwd, "again.json")}\n`);
      const { nodes } = await readJson(cwd, "again.json");
      const scored = scoreGraph(graph).nodes;
      for (const { key, totoro, rank, weight } of scored)
        expect(nodes.find((node: { key: string }) => node.key === key).attributes).toMatchObject({
          totoro,
          rank,
          w: weight,
        });
      expect(nodes.find((node: { key: string }) => node.key === "e").attributes?.w).toBeUndefined();
    },
  );

  it("refuses an unknown kind of file, an order for a table, and an order without a labelled node", async () => {
    expect(await write("--out", "weights.xml")).toMatchObject({ code: 2 });
    expect(await write("--out", "weights.csv", "--order", "ids.txt")).toMatchObject({ code: 2 });
    const cwd = await graphFolder();
    await writeFile(join(cwd, "ids.txt"), "a\nb\n");
    const args = ["renode", "weights", "--graph", "graph.json", "--out", "w.npy"];
    const { code, err } = await call([...args, "--order", "ids.txt"], { cwd });
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('node "c" has a weight'),
    });
  });
});

describe("renode train", () => {
  it("trains on a drawn split, the same again at the same seed, and writes a class per node", async () => {
    const cwd = await temporaryFolder();
    await writeCitationFolder(join(cwd, "tiny"));
    const args = ["renode", "train", "--graph", "tiny", "--split", "balanced", "--seed", "3"];
    const { code, out } = await call([...args, "--out", "classes.json"], { cwd });
    expect(code).toBe(0);
    const scores = String.raw`weighted F1 \d+\.\d\d, macro F1 \d+\.\d\d, accuracy \d+\.\d\d`;
    expect(out).toMatch(
      new RegExp(
        `^test, with ReNode: ${scores} \\(n = \\d+\\)\ntest, without ReNode: ${scores} \\(n = \\d+\\)\n`,
      ),
    );
    const written = await readJson(cwd, "classes.json");
    expect(written).toMatchObject({ network: "gcn", loss: "ce", renode: true });
    expect(written.test.accuracy).toBeGreaterThan(0.7);
    expect(written.predictions).toHaveLength(300);
    const { train: trained, validation, test } = written.nodes;
    expect(out).toContain(`(n = ${test})`);
    expect(trained + validation + test).toBe(300);
    expect(written.predictions[0].class).toMatch(/rock|paper|scissors/);
    const again = await call([...args, "--json"], { cwd });
    expect(JSON.parse(again.out)).toEqual(written);
    const alike = await call([...args, "--no-renode", "--json"], { cwd });
    const { epochs, bestEpoch, validation: held, test: scored, without } = JSON.parse(alike.out);
    expect(written.without).toEqual({ epochs, bestEpoch, validation: held, test: scored });
    expect(without).toBeNull();
  });

  it("takes marked nodes and a graph without features", async () => {
    const cwd = await graphFolder();
    const args = ["renode", "train", "--graph", "graph.json", "--network", "sgc", "--epochs", "5"];
    const { code, out } = await call([...args, "--json"], { cwd });
    expect(code).toBe(0);
    const { epochs, validation, test } = JSON.parse(out);
    expect(epochs).toBe(5);
    expect(validation).toBeNull();
    expect(test).not.toBeNull();
  });

  it.each(["step", "low", "high"])("draws a %s split and samples neighbours", async (split) => {
    const cwd = await temporaryFolder();
    await writeCitationFolder(join(cwd, "tiny"));
    const drawn = ["--split", split, "--draws", "5", "--label-ratio", "0.1", "--imbalance", "5"];
    const { code, err } = await call(
      [
        "renode",
        "train",
        "--graph",
        "tiny",
        ...drawn,
        "--loss",
        "re-weight",
        "--tam",
        "--fanouts",
        "5,5",
        "--epochs",
        "8",
      ],
      { cwd },
    );
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("8 epochs") });
  });
});

describe("renode draw", () => {
  it("writes one page without outside files, with places laid out or given", async () => {
    const cwd = await graphFolder();
    const args = ["renode", "draw", "--graph", "graph.json", "--out", "page.html"];
    const { code } = await call([...args, "--title", "Two triangles", "--iterations", "20"], {
      cwd,
    });
    expect(code).toBe(0);
    const page = await readFile(join(cwd, "page.html"), "utf8");
    expect(page).toContain("<title>Two triangles</title>");
    expect(page).not.toMatch(/<script src|<link/);
    const { nodes } = JSON.parse(/id="drawing">(.*?)<\/script>/s.exec(page)![1]!);
    expect(nodes.map(({ key }: { key: string }) => key)).toEqual([..."abcdef"]);
    const placed = {
      ...twoTriangles,
      nodes: twoTriangles.nodes.map((node, i) => ({
        ...node,
        attributes: { ...node.attributes, x: i, y: -i },
      })),
    };
    await writeFile(join(cwd, "placed.json"), JSON.stringify(placed));
    await call(["renode", "draw", "--graph", "placed.json", "--out", "placed.html"], { cwd });
    const own = /id="drawing">(.*?)<\/script>/s.exec(
      await readFile(join(cwd, "placed.html"), "utf8"),
    );
    expect(JSON.parse(own![1]!).nodes[2]).toMatchObject({ key: "c", x: 2, y: -2 });
  });
});
