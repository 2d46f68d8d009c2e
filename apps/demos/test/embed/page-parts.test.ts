import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hiddenParts, readEmbedding, selectorOf } from "../../src/embed/page-parts";

describe("what an address asks for beside the state", () => {
  it("is that a page is embedded, and names that are hidden, each once", () => {
    expect(readEmbedding("?embed&hide=where,seed, where&hide=menu")).toEqual({
      isEmbedded: true,
      hide: ["where", "seed", "menu"],
    });
    expect(readEmbedding("")).toEqual({ isEmbedded: false, hide: [] });
  });

  it("has at most 40 names", () => {
    const names = Array.from({ length: 1000 }, (_, i) => `n${i}`);
    expect(readEmbedding(`?hide=${names}`).hide).toHaveLength(40);
  });
});

describe("a hidden name", () => {
  it("stands for a part of every page, or for a control with its label", () => {
    expect(selectorOf("menu")).toBe("header.bar nav");
    expect(selectorOf("where")).toBe(
      '#live #where, #live [data-name="where"], #live [aria-labelledby="where"], #live label[for="where"]',
    );
  });

  it("is never a way to write a selector or a rule", () => {
    for (const name of ["a,b", "*", "a{}", 'a"]', "a b", "constructor ", "__proto__", "A", "", "1"])
      expect(selectorOf(name)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(selectorOf(name) ?? "").not.toMatch(/[{}<>;\\@]/);
      }),
    );
  });

  it("that the page does not know is said, and the others are hidden", () => {
    const found = hiddenParts(["menu", "lid", "x".repeat(30)], (one) => one.startsWith("header"));
    expect(found).toEqual({
      selectors: ["header.bar nav"],
      problems: [
        "hide has “lid”, which this page does not know.",
        `hide has “${"x".repeat(20)}…”, which this page does not know.`,
      ],
    });
  });

  it("may stand for what comes with the story, where there is one", () => {
    expect(hiddenParts(["turns"], (one) => one === "#story").selectors).toEqual(["#story .turn"]);
    expect(hiddenParts(["turns"], () => false).problems).toHaveLength(1);
  });
});
