import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { denseMatrix, parseNpzGraph, planetoid } from "@deepgrain/datasets";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeEach, describe, expect, it } from "vitest";
import { call } from "../call";
import { writeCitationFolder } from "./tiny-graphs";

let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  await writeCitationFolder(join(cwd, "graph"));
});

const run = (...args: string[]) => call(["renode", ...args], { cwd });
const bytesOf = async (name: string) => new Uint8Array(await readFile(join(cwd, name)));

describe("renode weights --out graph.npz", () => {
  it("writes the graph with its features, split and both directions of edges", async () => {
    const { code, err } = await run("weights", "--graph", "graph", "--out", "g.npz");
    expect(code, err).toBe(0);
    expect(err).toMatch(/y: \d (rock|paper|scissors), /);
    const written = await parseNpzGraph(await bytesOf("g.npz"));
    const graph = await planetoid(join(cwd, "graph"));
    expect(written.nodes).toBe(graph.nodes);
    expect(written.features).toEqual(denseMatrix(graph.features));
    expect(written.split).toEqual(graph.split);
    const pairs = (source: ArrayLike<number>, target: ArrayLike<number>) =>
      Array.from(source, (from, i) => `${from} ${target[i]}`);
    const both = [...pairs(graph.source, graph.target), ...pairs(graph.target, graph.source)];
    expect(pairs(written.source, written.target).sort()).toEqual(both.sort());
    const names = ["rock", "paper", "scissors"];
    const numbers = new Map(
      [...err.matchAll(/(\d) (rock|paper|scissors)/g)].map((m) => [m[2]!, Number(m[1])]),
    );
    expect([...written.labels]).toEqual(Array.from(graph.labels, (c) => numbers.get(names[c]!)));
  });

  it("is read again to the same scores, and gives the same bytes", async () => {
    await run("weights", "--graph", "graph", "--out", "g.npz");
    await run("weights", "--graph", "g.npz", "--out", "again.npz");
    await run("weights", "--graph", "g.npz", "--out", "third.npz");
    expect(await bytesOf("third.npz")).toEqual(await bytesOf("again.npz"));
    const again = await parseNpzGraph(await bytesOf("again.npz"));
    expect({ ...again, weights: 0 }).toEqual({
      ...(await parseNpzGraph(await bytesOf("g.npz"))),
      weights: 0,
    });
    const total = async (graph: string) =>
      JSON.parse((await run("score", "--graph", graph, "--json")).out).total;
    expect(await total("g.npz")).toBeCloseTo(await total("graph"), 10);
  });
});

describe("--ogb-split", () => {
  const write = async (parts: Record<string, string>) => {
    await mkdir(join(cwd, "split"), { recursive: true });
    for (const [part, text] of Object.entries(parts))
      await writeFile(join(cwd, "split", `${part}.csv.gz`), gzipSync(text));
  };

  it("gives the labelled nodes of every command", async () => {
    await write({ train: "7\n0\n2\n4\n", valid: "9\n10\n11\n", test: "20\n21\n22\n23\n" });
    const split = ["--graph", "graph", "--ogb-split", "split"];
    const scored = await run("score", ...split, "--json");
    expect(scored.code, scored.err).toBe(0);
    const keys = JSON.parse(scored.out).nodes.map(({ key }: { key: string }) => key);
    expect(keys).toEqual(["0", "2", "4", "7"]);
    expect((await run("weights", ...split, "--out", "g.npz")).code).toBe(0);
    expect((await parseNpzGraph(await bytesOf("g.npz"))).split).toEqual({
      train: Int32Array.of(0, 2, 4, 7),
      validation: Int32Array.of(9, 10, 11),
      test: Int32Array.of(20, 21, 22, 23),
    });
    const trained = await run("train", ...split, "--epochs", "2", "--json");
    expect(trained.code, trained.err).toBe(0);
    expect(JSON.parse(trained.out).nodes).toEqual({ train: 4, validation: 3, test: 4 });
  });

  it("is refused with a row that is no node, and beside another split", async () => {
    await write({ train: "0\n300\n", valid: "", test: "" });
    const split = ["--graph", "graph", "--ogb-split", "split"];
    const { code, err } = await run("score", ...split);
    expect(code).toBe(1);
    expect(err).toContain(
      "train.csv.gz: row 2: a node must be a whole number from 0 to 299, got 300",
    );
    expect(await run("score", ...split, "--split", "balanced")).toMatchObject({ code: 2 });
    expect(await run("score", "--graph", "graph", "--ogb-split", "none")).toMatchObject({
      code: 2,
    });
  });
});
