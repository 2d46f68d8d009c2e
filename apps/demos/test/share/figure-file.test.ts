import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Figure, figureFile, wrapped } from "../../src/share/figure-file";
import { plainRules } from "../../src/share/plain-rules";

const figure: Figure = {
  title: "A title",
  says: "A sentence.",
  pictures: [
    { markup: '<svg viewBox="0 0 10 10" aria-label="a dot"><rect/></svg>', caption: "A dot" },
  ],
  settings: "seed 1",
  outcome: "It is a dot.",
  address: "https://a.example/",
  style: "",
};

describe("lines of a text", () => {
  it("are as long as fits, and what is too much ends with …", () => {
    expect(wrapped("one two three", 7, 3)).toEqual(["one two", "three"]);
    expect(wrapped("one two three four", 7, 2)).toEqual(["one two", "three…"]);
    expect(wrapped("abcdefghij", 5, 1)).toEqual(["abcd…"]);
    expect(wrapped("", 5, 1)).toEqual([""]);
    // A number and its sign stay together.
    expect(wrapped("about 28\u00a0% stay", 8, 3)).toEqual(["about", "28\u00a0%", "stay"]);
  });

  it("are never longer or more than they may be", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 4 }),
        (text, letters, most) => {
          const lines = wrapped(text, letters, most);
          expect(lines.length).toBeLessThanOrEqual(most);
          for (const line of lines) expect([...line].length).toBeLessThanOrEqual(letters);
        },
      ),
    );
  });
});

describe("a picture file", () => {
  it("has title, sentence, pictures, outcome, settings and address", () => {
    const svg = figureFile(figure);
    expect(svg).toContain("<title>A title. It is a dot. a dot</title>");
    for (const text of [
      "A title",
      "A sentence.",
      "A dot",
      "It is a dot.",
      "seed 1",
      "https://a.example/",
    ])
      expect(svg).toContain(`>${text}</text>`);
    expect(figureFile({ ...figure, address: "" })).not.toContain("https");
  });

  it("shows what a visitor typed as text, never as markup", () => {
    const typed = '</text><script>alert("1")</script>\u0000\ud800&';
    const svg = figureFile({ ...figure, settings: typed, outcome: typed });
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u0000");
    expect(svg).not.toMatch(/\p{Surrogate}/u);
    fc.assert(
      fc.property(fc.string(), (text) => {
        const tags = (one: string) =>
          one.match(/<[a-z/][^\s>]*/g)!.filter((tag) => !/text/.test(tag));
        expect(tags(figureFile({ ...figure, settings: text }))).toEqual(tags(figureFile(figure)));
      }),
    );
  });
});

describe("rules with plain colours", () => {
  const rules = [
    { selector: ".dot", body: "fill: var(--muted); display: block; stroke: currentColor" },
    { selector: ".dot:hover, .other", body: "fill: red" },
    { selector: ".big text", body: "font-size: 2rem; color: color-mix(in srgb, red, blue)" },
  ];

  it("are those of classes that are there, of properties that pictures have", () => {
    const style = plainRules(rules, '<g class="dot big"/>', (name) => `[${name}]`);
    expect(style).toContain(".dot{fill:[--muted];stroke:currentColor}");
    expect(style).not.toMatch(/hover|other|rem|mix|display/);
    expect(style).toContain(".ground{fill:[--page]}");
  });
});
