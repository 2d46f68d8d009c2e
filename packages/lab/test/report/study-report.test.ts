import { type Claim, drain, html, judge, runStudy, studyPage } from "@deepgrain/lab";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { coins } from "../support/coin-study";
import { shown } from "../support/shown-study";

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
    expect(sections[0]!.textContent).toMatch(
      /Switch 1\.\d.*Dense network of the same activated size 2\.\d/s,
    );
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
    expect(document.querySelector("header .lead")!.textContent).toBe("Thrown 2 times.");
    expect(document.querySelector("main > p")!.textContent).toBe("Coins are thrown.");
    const [first] = [...document.querySelectorAll("section")];
    expect(first!.querySelector("p")!.textContent).toContain("It was named after the run");
    expect(first!.lastElementChild!.textContent).toContain("Only primary claims have an outcome");
  });

  it("shows its picture below the finding, and links to every section", async () => {
    const runs = await drain(
      runStudy(shown, { folder: await temporaryFolder(), seeds: [1, 2, 3] }),
    );
    const told = { ...shown, picture: () => html`<figure>drawn</figure>` };
    const { document } = parseHTML(studyPage(told, runs, judge(told, runs)));
    expect(document.querySelector("header figure")!.textContent).toBe("drawn");
    const links = [...document.querySelectorAll("nav a")].map((link) => link.getAttribute("href"));
    expect(links).toEqual([...document.querySelectorAll("section h2")].map(({ id }) => `#${id}`));
    expect(links[0]).toBe("#primary-claims");
  });

  it("draws the primary claims in margins, and cuts intervals of shares off at their ends", async () => {
    const runs = await drain(
      runStudy(shown, { folder: await temporaryFolder(), seeds: [1, 2, 3] }),
    );
    const forest = (bounds?: readonly [number, number]) => {
      const claims = (shown.claims as Claim[]).map((claim) => ({
        ...claim,
        lower: { ...claim.lower, bounds },
      }));
      const own = { ...shown, claims } as typeof shown;
      const { document } = parseHTML(studyPage(own, runs, judge(own, runs)));
      return document.querySelector("section figure")!;
    };
    const drawn = forest();
    expect(drawn.querySelectorAll(".chart-wide [aria-label=dot] circle")).toHaveLength(2);
    expect(drawn.textContent).toMatch(/Experts help.*✓ as claimed.*✗ opposite/s);
    const [, interval] = /\((.*? to .*?)\)/.exec(drawn.querySelector("td")!.textContent!)!;
    expect(interval).not.toContain("0.100");
    expect(forest([0, 0.1]).querySelector("td")!.textContent).toContain("to 0.100; ");
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
    expect(charts).toHaveLength(6);
    for (const chart of charts) {
      const drawings = [...chart.querySelectorAll("svg[role=img]")];
      expect(drawings).toHaveLength(2);
      for (const drawing of drawings) expect(drawing.getAttribute("aria-label")).toMatch(/^[A-Z]/);
      expect(chart.querySelectorAll("details table tbody tr").length).toBeGreaterThan(1);
    }
  });
});
