import { describe, expect, it } from "vitest";
import { stylesToClasses } from "../../src/site/inline-styles";
import { policyOf } from "../../src/site/policy";
import { renderSite } from "../../src/site/render-site";
import { systems } from "../../src/site/systems";

describe("markup without styles of its own", () => {
  it("has classes instead, one per style", () => {
    const styled = `<p style="color: red">a</p><b class="x" style="color: red">b</b><style>p { margin: 0 }</style>`;
    expect(stylesToClasses(styled)).toEqual({
      markup: `<p class="i1">a</p><b class="i1 x">b</b>`,
      css: "p { margin: 0 }\n.i1 { color: red }",
      elements: ["p { margin: 0 }"],
    });
  });
});

describe("the policy of pages", () => {
  it("allows nothing but their own files, WebAssembly and styles by hash", () => {
    expect(policyOf(["a"])).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; " +
        "style-src 'self' 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='; img-src 'self' data:; " +
        "object-src 'none'; base-uri 'none'; form-action 'none'",
    );
  });

  it("allows frames of the site where they are asked for", () => {
    expect(policyOf([], [], true).split("; ")).toEqual([
      ...policyOf([]).split("; ").slice(0, 6),
      "frame-src 'self'",
      ...policyOf([]).split("; ").slice(6),
    ]);
  });
});

describe("the pages as they are built", () => {
  it("show what was recorded before a script runs, and have no styles that the policy refuses", async () => {
    const { pages } = await renderSite();
    for (const [name, { body, policy }] of Object.entries(pages)) {
      const asked = /connect-src ([^;]*);/.exec(policy)![1];
      expect(asked).toBe(
        name === "model" ? "'self' https: http://localhost:* http://127.0.0.1:*" : "'self'",
      );
      expect(body).not.toMatch(/\sstyle=|<style/);
      expect(policy).not.toMatch(/'unsafe-(inline|eval)'/);
      expect(policy.includes("frame-src")).toBe(name === "lesson");
      if (name !== "lesson") expect(body).toContain("Recorded");
      expect(body).toMatch(/<svg|role="img"/);
      const ids = [...body.matchAll(/\sid="([^"]*)"/g)].map((found) => found[1]);
      expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    }
    for (const { name, arxiv } of systems) {
      expect(pages.index.body).toContain(name);
      expect(pages.index.body).toContain(`https://arxiv.org/abs/${arxiv}`);
    }
  });
});
