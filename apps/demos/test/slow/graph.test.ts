import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { percentText } from "../../src/drawing/numbers";
import { compareTraining } from "../../src/graph/compare-training";
import { type GraphData, type Labels, movedLabels } from "../../src/graph/graph-data";
import { fittedPlaces } from "../../src/graph/look";
import type { RecordedGraph } from "../../src/graph/recorded";
import { type Accuracies, mean } from "../../src/graph/ways";
import { type Weighing, weighLabels } from "../../src/graph/weigh-labels";
import { readRecorded } from "../../src/site/read-recorded";
import { signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved {
  isRecorded: boolean;
  graph: GraphData;
  weighing: Weighing;
  accuracies: Accuracies | null;
}

const recorded = readRecorded<RecordedGraph>("graph");
const { graph, weighing } = recorded.graphs.karate;

async function trainInNode(run: { graph: GraphData; labels: Labels; seed: number }) {
  const found: Record<keyof Accuracies, number[]> = { equal: [], renode: [] };
  for await (const { way, accuracy } of compareTraining(run, signal)) found[way].push(accuracy);
  return found;
}

describe("what the graph's page shows at first", () => {
  it("is what networks come to with the labels at first", async () => {
    for (const { graph: own, weighing: weighed, accuracies } of Object.values(recorded.graphs))
      expect(
        await trainInNode({ graph: own, labels: weighed.labels, seed: recorded.seed }),
      ).toEqual(accuracies);
  });
});

describe.skipIf(withoutChromium)("the graph's page in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  const label = (page: Page, i: number) => page.locator("#labels select").nth(i);
  const isLive = (page: Page) => page.locator("#live:not(:has(.tag))").first().waitFor();
  const isIdle = (page: Page) => page.locator('.outcome[aria-busy="false"]').waitFor();

  it("keeps a label in its row, and the focus with it, when the keyboard moves it", async () => {
    const { page } = await visit(site.browser, site.url, "graph.html");
    const names = () => page.locator("#labels tbody th").allTextContents();
    const before = await names();
    await label(page, 0).focus();
    for (let time = 0; time < 3; time++) {
      const hash = new URL(page.url()).hash;
      await page.keyboard.press("ArrowDown");
      await page.waitForFunction(`location.hash !== ${JSON.stringify(hash)}`);
      await isLive(page);
      await isIdle(page);
      expect(await page.evaluate("document.activeElement.ariaLabel")).toMatch(/^Node of label 1,/);
    }
    expect(await names()).toEqual(before);
    await page.close();
  });

  it.each([
    ["without isolation headers", () => site.url],
    ["with them", () => site.isolatedUrl],
  ])(
    "weighs labels as Node does after one was moved, and trains to Node's numbers, %s",
    async (_, address) => {
      const { page, complaints } = await visit(site.browser, address(), "graph.html");
      expect(await page.textContent("#live")).toContain("Recorded");
      await label(page, 2).selectOption("10");
      await isLive(page);
      const labels = movedLabels(weighing.labels, 8, 10);
      const expected = weighLabels(graph, labels);
      const saved = await savedJson<Saved>(page);
      expect(saved).toMatchObject({ isRecorded: false, weighing: expected, accuracies: null });
      const weights = await page.locator("#labels .weight").allTextContents();
      expect(weights).toEqual(expected.weights.map((weight) => weight.toFixed(3)));
      expect(new URL(page.url()).hash).toBe("#labels=4-1.7-1.10-1.18-2.24-2.28-2");
      await page.getByRole("button", { name: "New weights" }).click();
      const accuracies = async () => (await savedJson<Saved>(page)).accuracies;
      const inNode = await trainInNode({ graph, labels, seed: 2 });
      await expect.poll(accuracies, { interval: 1000, timeout: 120_000 }).toEqual(inNode);
      await page.reload();
      await isLive(page);
      expect((await savedJson<Saved>(page)).weighing).toEqual(expected);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it("moves a label by dragging it in sigma's drawing, and by two clicks", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "graph.html");
    const view = page.locator(".graph-view");
    await view.hover();
    await page.locator(".graph-view.drawn canvas").first().waitFor();
    const box = (await view.boundingBox())!;
    /** Where sigma draws a node: where the picture did. */
    const at = (node: number) => {
      const { places, height } = fittedPlaces(graph);
      const { x, y } = places[node]!;
      return { x: box.x + (box.width * x) / 100, y: box.y + (box.height * y) / height };
    };
    const moved = async (from: number, to: number) => {
      const [start, end] = [at(from), at(to)];
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 5 });
      await page.mouse.move(end.x, end.y, { steps: 10 });
      await page.mouse.up();
    };
    await moved(4, 16);
    await page.waitForURL(/#labels=7-1\.8-1\.16-1\.18-2\.24-2\.28-2$/);
    await isLive(page);
    await page.mouse.click(at(16).x, at(16).y);
    await page.getByText("Click the node that Member 17’s label is to move to.").waitFor();
    await page.mouse.click(at(11).x, at(11).y);
    await page.waitForURL(/#labels=7-1\.8-1\.11-1\.18-2\.24-2\.28-2$/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("follows the colour scheme while it is open", async () => {
    const context = await site.browser.newContext({ colorScheme: "light" });
    const { page } = await visit(context, site.url, "graph.html");
    const drawn = async () => {
      const view = page.locator(".graph-view");
      await view.hover();
      await page.locator(".graph-view.drawn canvas").first().waitFor();
      await page.mouse.move(0, 0);
      return async () => (await view.screenshot()).toString("base64");
    };
    const picture = await drawn();
    const light = await picture();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(picture, { timeout: 60_000 }).not.toBe(light);
    const dark = await picture();
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(picture, { timeout: 60_000 }).toBe(light);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.reload();
    await expect.poll(await drawn(), { timeout: 60_000 }).toBe(dark);
    await context.close();
  });

  it("repeats its training, and shows another graph", async () => {
    const { page } = await visit(site.browser, site.url, "graph.html");
    await page.getByRole("button", { name: "Replay" }).click();
    await page.locator('.outcome[aria-busy="true"]').waitFor();
    await isIdle(page);
    expect((await savedJson<Saved>(page)).accuracies).toEqual(recorded.graphs.karate.accuracies);
    await page.selectOption("#graph", "miserables");
    expect(await page.locator("#labels tbody tr").count()).toBe(10);
    expect(new URL(page.url()).hash).toBe("#graph=miserables");
    await page.close();
  });

  it("moves all labels to the worst of the drawn seats, trains there, and says Node's numbers", async () => {
    const { page } = await visit(site.browser, site.url, "graph.html");
    await page.getByRole("button", { name: "Worst seats" }).click();
    await page.locator(".moved", { hasText: "are right on" }).waitFor();
    const { seats } = recorded.graphs.karate;
    const [{ labels }] = [...seats].sort((a, b) => b.total - a.total) as [(typeof seats)[0]];
    const saved = await savedJson<Saved>(page);
    expect(saved.weighing.labels).toEqual(labels);
    expect(saved.accuracies).toEqual(await trainInNode({ graph, labels, seed: 1 }));
    const said = (await page.textContent(".moved"))!;
    for (const way of ["renode", "equal"] as const)
      expect(said).toContain(percentText(mean(saved.accuracies![way])));
    await page.close();
  });

  it("ignores an address that is wrong, and says so", async () => {
    const { page } = await visit(site.browser, site.url, "graph.html#labels=0-1.99-2&graph=x");
    expect(await page.locator(".problems p").allTextContents()).toEqual([
      "graph in the address must be one of karate, miserables, so it is ignored.",
      "labels in the address are not of this graph, so they are ignored.",
    ]);
    expect(await page.locator("#labels tbody tr").count()).toBe(6);
    await page.close();
  });

  it("shows a visitor's graph, and says what is wrong with other files", async () => {
    const { page } = await visit(site.browser, site.url, "graph.html");
    const csv = (name: string, content: string | Buffer) => ({
      name,
      mimeType: "text/csv",
      buffer: Buffer.from(content as string),
    });
    const choose = (...files: ReturnType<typeof csv>[]) =>
      page.setInputFiles("input[type=file]", files);
    const edges = csv("edges.csv", "source,target\na,b\nb,c\nc,d\nd,e\n");
    const before = await page.textContent("#total");
    for (const [files, problem] of [
      [[csv("none.csv", "")], "none.csv is empty."],
      [
        [csv("photo.png", Buffer.from([0x89, 0x50, 0xff]))],
        "photo.png is no text in UTF-8; choose a CSV or JSON file.",
      ],
      [[csv("zeros.bin", "\0\0")], "zeros.bin is no text: it holds zero bytes."],
      [[csv("cut.json", '{"nodes":[')], "cut.json is no JSON, or was cut off."],
      [
        [csv("other.csv", "a,b\n1,2")],
        "other.csv must begin with the names of its columns: source and target, or id and label.",
      ],
      [
        [csv("huge.csv", "a".repeat(1_000_001))],
        "huge.csv has 1,001 kB; at most 1,000 kB are read.",
      ],
      [
        [edges, csv("n.csv", "id,label\na,x\nb,x\nc,x\nd,x\ne,x")],
        "Labelled nodes must be of at least two classes: give nodes with the columns id and label.",
      ],
      [[edges, csv("n.csv", "id,label\na,x\na,y")], "The node “a” is there twice."],
      [
        [csv("e.csv", "source,target,weight\na,b,NaN"), csv("n.csv", "id,label\na,x\nb,y")],
        "The edge from “a” to “b” has the weight NaN; weights are numbers above 0.",
      ],
    ] as const) {
      await choose(...files);
      await page.getByText(problem).waitFor();
      expect(await page.textContent("#total")).toBe(before);
    }
    await choose(edges, csv("nodes.csv", "id,label\na,x\ne,y"));
    await page.getByRole("option", { name: "edges.csv, nodes.csv" }).waitFor({ state: "attached" });
    const saved = await savedJson<Saved>(page);
    expect(saved.weighing).toEqual(
      weighLabels(saved.graph, [
        [0, 0],
        [1, 1],
      ]),
    );
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByText(/^No unlabelled node has a known class/).waitFor();
    await page.close();
  });
});
