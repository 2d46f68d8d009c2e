import { describe, expect, it } from "vitest";
import { citationOf } from "../../src/share/citation";
import { addressOf, componentCode, frameCode } from "../../src/share/embed-code";
import { pages } from "../../src/site/document";
import { systems } from "../../src/site/systems";

const page = {
  id: "anchors",
  title: 'A "title" & more',
  site: "https://a.example/",
  state: "#text=a%22b&seed=2",
};

describe("code for other pages", () => {
  it("is the figure's element with its state, and a link where there is no script", () => {
    expect(componentCode(page)).toBe(
      [
        '<script src="https://a.example/embed.js" async></script>',
        '<deepgrain-figure page="anchors" state="text=a%22b&amp;seed=2">' +
          '<a href="https://a.example/anchors.html#text=a%22b&amp;seed=2">A &quot;title&quot; &amp; more</a></deepgrain-figure>',
      ].join("\n"),
    );
    expect(componentCode({ ...page, state: "" })).not.toContain("state=");
  });

  it("is a frame under ?embed", () => {
    expect(frameCode(page)).toContain(
      'src="https://a.example/anchors.html?embed#text=a%22b&amp;seed=2"',
    );
    expect(addressOf(page)).toBe("https://a.example/anchors.html#text=a%22b&seed=2");
  });
});

describe("citations", () => {
  it("are of the page's papers and of the page", () => {
    expect(
      citationOf("scaling", { title: "Plan", address: "https://a.example/scaling.html#a={}" }),
    ).toBe(`@misc{deepseek-llm,
  title = {{DeepSeek LLM: Scaling Open-Source Language Models}},
  author = {{DeepSeek-AI}},
  year = {2024},
  eprint = {2401.02954},
  archivePrefix = {arXiv},
  url = {https://arxiv.org/abs/2401.02954},
}

@misc{deepgrain-scaling,
  title = {{Plan}},
  author = {{Deepgrain}},
  note = {Interactive page},
  url = {https://a.example/scaling.html#a=%7B%7D},
}`);
  });

  it("name each paper on a page", () => {
    const all = pages.map(({ id }) => citationOf(id, { title: "", address: "" })).join("\n");
    for (const { arxiv } of systems) expect(all).toContain(`eprint = {${arxiv}}`);
  });
});
