import { drain, judge, runStudy, studyPage } from "@deepgrain/lab";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { coins } from "../support/coin-study";
import { shown } from "../support/shown-study";
import { temporaryFolder } from "../support/temporary-folder";

async function pageOf(experiments?: string[]) {
  const options = { folder: await temporaryFolder(), seeds: [1, 2, 3] };
  const runs = await drain(
    runStudy(shown, { ...options, ...(experiments ? { experiments } : {}) }),
  );
  return studyPage(shown, runs, judge(shown, runs));
}

const headings = (page: string) =>
  [...parseHTML(page).document.querySelectorAll("h2")].map(({ textContent }) => textContent);

describe("the page of a study", () => {
  it("has its sections with their claims, and how it was run", async () => {
    const page = await pageOf();
    expect(headings(page)).toEqual([
      "Primary claims",
      "A-1: Networks at equal size",
      "A-2: The price of balance",
      "What texts share",
      "How it was run",
    ]);
    const { document } = parseHTML(page);
    const sections = [...document.querySelectorAll("section")];
    expect(sections[0]!.textContent).toContain("Switch < Dense network of the same activated size");
    expect(sections[0]!.textContent).toMatch(/Experts help.*as claimed.*Dense networks.*opposite/s);
    expect(sections[1]!.textContent).toContain("shared experts < Fine-grained");
    expect(sections[1]!.textContent).not.toContain("as claimed");
    expect(sections[2]!.textContent).toContain("= Switch (±1)");
    expect(sections[4]!.textContent).toContain(process.versions.node);
    expect(document.querySelector(".meta")!.textContent).toBe("12 runs · seeds 1, 2, 3");
  });

  it("begins with what came out, computed from the runs", async () => {
    const runs = await drain(runStudy(coins, { folder: await temporaryFolder(), seeds: [1] }));
    const told = {
      ...coins,
      lead: "Coins are thrown.",
      finding: ({ runs: all }: { runs: typeof runs }) => `Thrown ${all.runs.length} times.`,
    };
    const { document } = parseHTML(studyPage(told, runs, judge(told, runs)));
    const said = [...document.querySelectorAll("main > p")].map(({ textContent }) => textContent);
    expect(said[0]).toBe("Thrown 2 times.");
    expect(said.indexOf("Coins are thrown.")).toBe(2);
    expect(said[1]).toContain("It was named after the run");
    expect(said.at(-1)).toContain("Only primary claims have an outcome");
  });

  it("leaves out experiments that were not asked for", async () => {
    expect(headings(await pageOf(["A-2"]))).toEqual([
      "A-2: The price of balance",
      "What texts share",
      "How it was run",
    ]);
  });

  it("shows the claims of an abstract that it cannot ask, and why one seed decides nothing", async () => {
    const runs = await drain(runStudy(coins, { folder: await temporaryFolder(), seeds: [1] }));
    const page = studyPage(coins, runs, judge(coins, runs));
    expect(headings(page)).toEqual(["Primary claims", "Not asked here", "How it was run"]);
    expect(page).toContain("one seed decides nothing");
    expect(page).toContain("nobody has the time");
    expect(page).toContain("1 run".replace("1", "2"));
  });

  it("asks for nothing from elsewhere, holds no script, and escapes text", async () => {
    const page = await pageOf();
    expect(page).not.toMatch(/NaN|undefined|\[object|<script|https?:\/\/(?!www\.w3\.org)/);
    expect(page).toContain("What is &lt;b&gt;?");
  });

  it("says every chart in words and in numbers", async () => {
    const { document } = parseHTML(await pageOf());
    const charts = [...document.querySelectorAll("figure")];
    expect(charts).toHaveLength(5);
    for (const chart of charts) {
      const drawings = [...chart.querySelectorAll("svg[role=img]")];
      expect(drawings).toHaveLength(2);
      for (const drawing of drawings) expect(drawing.getAttribute("aria-label")).toMatch(/^[A-Z]/);
      expect(chart.querySelectorAll("details table tbody tr").length).toBeGreaterThan(3);
    }
  });
});
