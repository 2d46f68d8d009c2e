import { duration } from "@deepgrain/command-line/terminal/duration";
import { describe, expect, it } from "vitest";
import { renderReport } from "../src/report/render-report";
import { config, metrics, results } from "./support/job-results";

describe("renderReport", () => {
  const page = renderReport({ name: "test", config, results, metrics });

  it("shows curves, maps, table and samples", () => {
    expect(page.match(/<svg /g)).toHaveLength(16); // eight charts, for screens and for phones
    for (const text of [
      "5.970",
      "4.500",
      "3.4\u00a0%",
      "296\u00a0kB",
      "8.7\u00a0MB",
      "+0.400",
      "German",
      "75\u00a0% (30 to 95)", // three of four, Wilson's interval
      "54.6", // exp 4: perplexity of English
      "90\u00a0%", // of the words written
      "call me &lt;ishmael&gt;",
    ])
      expect(page).toContain(text);
  });

  it("shows how evenly each layer used its experts, idle ones by number", () => {
    const cells = (layer: number) =>
      new RegExp(`<th scope="row"[^>]*>layer ${layer}</th>(.*?)</tr>`, "s").exec(page)?.[1];
    expect(cells(1)?.match(/(?<=<td[^>]*>).*?(?=<\/td>)/g)).toEqual([
      "0.0\u00a0%",
      "75\u00a0%",
      "2.00",
      "0.0\u00a0%",
      "2, 3",
    ]);
    expect(cells(2)).toContain("none");
  });

  it("sets right answers in green with ✓, and ✗ after wrong ones", () => {
    expect(page).toContain('<span class="good">German ✓</span>');
    expect(page).toContain('Czech <span class="bad">✗</span>');
  });

  it("begins with the experts of English beside those of the task", () => {
    const [, start] = page.split("</h1>");
    expect(start).toMatch(/^\s*<p class="lead">A smoke test[^<]*<\/p>\s*<div class="grid">/);
    const maps = [...page.matchAll(/aria-label="Share of tokens by layer and expert: ([^"]*)"/g)];
    const names = [...new Set(maps.map(([, name]) => name))];
    expect(names.slice(0, 2)).toEqual(["English prose", "the task"]);
  });

  it("shows what was gained against what it cost, with bytes", () => {
    expect(page).toContain('aria-label="Right answers against the English that they cost"');
    expect(page).toContain("all weights (rate ");
    expect(page).toContain("8.7\u00a0MB to store");
    expect(page).toContain("numbers of one run with one seed");
  });

  it("ends with what to do next: chat, serve, convert", () => {
    const last = page.slice(page.lastIndexOf("<h2"));
    expect(last).toContain("What to do next with the model");
    const text = last.replaceAll(/<[^>]*>/g, "");
    for (const command of [
      "esft apply --model runs/test/base --adapter runs/test/adapter --out runs/test/specialised",
      "chat --model runs/test/specialised",
      "serve --model runs/test/specialised",
      "convert runs/test/specialised --to gguf",
    ])
      expect(text).toContain(command);
    expect(text).toContain("a smoke test of every stage");
  });

  it("shows the answers with the adapter off and on", () => {
    expect(page).toMatch(/adapter off.*adapter on.*der.*German ✓/s);
    expect(page).toContain("answered as before, to the letter");
  });

  it("asks for nothing from outside and runs no script", () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(\s*["']?http|src=/);
  });

  it("escapes what the model wrote", () => {
    expect(page).toContain("The &lt;whale&gt;");
    expect(page).toContain("&lt;b&gt;&amp;");
    expect(page).not.toContain("\u0007");
  });

  it("has no NaN in its drawings", () => {
    expect(page).not.toMatch(/NaN|undefined/);
  });

  it("is a whole page at every stage of a run", () => {
    const names = ["tokenizer", "pretrain", "scores", "esft", "full", "switch"] as const;
    for (let n = 0; n <= names.length; n++) {
      const partial = Object.fromEntries(names.slice(0, n).map((name) => [name, results[name]]));
      const seen = metrics.filter(({ stage }) => stage in partial);
      const text = renderReport({ name: "test", config, results: partial, metrics: seen });
      expect(text.startsWith("<!doctype html>")).toBe(true);
      expect(text.trimEnd().endsWith("</html>")).toBe(true);
      expect(text).not.toMatch(/NaN|undefined/);
    }
  });
});

describe("duration", () => {
  it("reads as people say it", () => {
    expect([0.4, 59.4, 59.6, 125, 3600].map(duration)).toEqual([
      "0 s",
      "59 s",
      "1 min",
      "2 min 5 s",
      "60 min",
    ]);
  });
});
