import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { readGraph } from "../../src/renode/graphs/read-graph";

async function graphFile(name: string, content: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
}

const gexf = (nodes: string) =>
  `<?xml version="1.0"?><!-- <not a="tag"> --><gexf><graph defaultedgetype="undirected"><nodes>${nodes}</nodes><edges/></graph></gexf>`;

describe("readGraph", () => {
  it.each([
    ["junk.gexf", "this is no graph", "not a gexf file: it has no <gexf> element"],
    ["empty.graphml", "", "not a graphml file: it has no <graphml> element"],
    ["page.gexf", "<!doctype html><html><p>hello</p></html>", "its first element is <html>"],
    ["other.gexf", "<graphml><graph/></graphml>", "its first element is <graphml>"],
    ["hollow.gexf", "<gexf></gexf>", "not a gexf graph"],
    ["hollow.graphml", "<graphml></graphml>", "not a graphml graph"],
    ["list.json", "[1, 2]", "it must be an object, got a list"],
    ["words.csv", "hello", "row 1 must hold two keys"],
  ])("says what is wrong with %s", async (name, content, message) => {
    const path = await graphFile(name, content);
    const error = await readGraph(path).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "ERR_FORMAT", message: expect.stringContaining(message) });
    expect((error as Error).message).toContain(path);
  });

  it.each([256, 512, 1024])(
    "refuses a line of %i misplaced quotes before it is parsed",
    async (n) => {
      const line = `"${'x"'.repeat(n)}${" ".repeat(n)}`;
      for (const end of ["\n", "\r", "\r\n"]) {
        const path = await graphFile("quotes.csv", `a,b${end}${line},c${end}`);
        await expect(readGraph(path)).rejects.toMatchObject({
          code: "ERR_FORMAT",
          message: expect.stringContaining("line 2 has more than 256 quotation marks"),
        });
      }
    },
  );

  it.each(["large.csv", "large.gexf", "large.json"])(
    "refuses more than 256 MiB (%s)",
    async (name) => {
      const path = await graphFile(name, "");
      await truncate(path, 2 ** 28 + 1);
      await expect(readGraph(path)).rejects.toMatchObject({
        code: "ERR_FORMAT",
        message: expect.stringContaining("at most 268435456 are read"),
      });
    },
  );

  it("reads quoted keys, whatever ends the lines", async () => {
    for (const end of ["\n", "\r", "\r\n"]) {
      const path = await graphFile("quoted.csv", ['"a, b","c ""d"""', "e,f", ""].join(end));
      const { graph } = await readGraph(path);
      expect(graph.nodes()).toEqual(["a, b", 'c "d"', "e", "f"]);
    }
  });

  it("refuses default values without end for nodes without end, before they are parsed", async () => {
    const key = (i: number) =>
      `<key id="d${i}" for="node" attr.name="n${i}" attr.type="string"><default>1</default></key>`;
    const keys = Array.from({ length: 4097 }, (_, i) => key(i)).join("");
    const path = await graphFile(
      "defaults.graphml",
      `<graphml>${keys}<graph>${'<node id="a"/>'.repeat(4096)}</graph></graphml>`,
    );
    await expect(readGraph(path)).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringContaining("4097 default values for 4096 nodes and edges"),
    });
  });

  it("refuses 200,000 nested nodes before they are parsed", async () => {
    const count = 200_000;
    const nested = `${'<node id="a">'.repeat(count)}${"</node>".repeat(count)}`;
    const path = await graphFile("nested.gexf", gexf(nested));
    await expect(readGraph(path)).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringContaining("nested more than 256 deep"),
    });
  });

  it.each([
    ["comments", "<!--", "there must be a --> after the <!-- at character 10"],
    ["sections", "<![CDATA[", "there must be a ]]> after the <![CDATA[ at character 10"],
    ["instructions", "<?x ", "there must be a ?> after the <? at character 10"],
    ["declarations", "<!ENTITY a 'b'>", "there must be a tag at character 10"],
    ["tags without an end", "<a ", "there must be a > after the < at character 10"],
    ["open values", '<a b="', "there must be a > after the < at character 10"],
    ["bare values", "<a b=1/>", "there must be a tag at character 10"],
    ["signs inside values", "<a b='<'/>", "there must be a tag at character 10"],
    ["values of an end", "<a></a b='c'>", "there must be a tag at character 13"],
    ["signs alone", "<", "there must be a > after the < at character 10"],
    ["ends without a start", "<a/></b>", "there must be a <b> before each </b>"],
    ["further outermost elements", "</graphml><graphml>", "one element around all others"],
  ])("refuses %s before they are parsed", async (what, part, problem) => {
    const text = `<graphml>${part.repeat(100_000)}</graphml>`;
    const path = await graphFile(`${what}.graphml`, text);
    await expect(readGraph(path)).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringContaining(problem),
    });
  });

  it("refuses a long name, a long tag and an element without an end", async () => {
    for (const [text, problem] of [
      [`<graphml><${"a".repeat(500_000)}`, "there must be a > after the <"],
      [`<graphml ${" ".repeat(2 ** 25)}/>`, "there must be a tag of at most 1048576 characters"],
      ["<graphml>", "there must be a </graphml> after each <graphml>"],
    ] as const)
      await expect(readGraph(await graphFile("long.graphml", text))).rejects.toMatchObject({
        code: "ERR_FORMAT",
        message: expect.stringContaining(problem),
      });
  });

  it("reads nodes that stand beside each other, however many", async () => {
    const nodes = Array.from({ length: 2000 }, (_, i) => `<node id="${i}" label="a > b"/>`).join(
      "",
    );
    const { graph } = await readGraph(await graphFile("flat.gexf", gexf(nodes)));
    expect(graph.order).toBe(2000);
  });

  it("keeps every parallel edge", async () => {
    const path = await graphFile("parallel.csv", "a,b\n".repeat(50_000));
    expect((await readGraph(path)).graph.size).toBe(50_000);
  });
});
