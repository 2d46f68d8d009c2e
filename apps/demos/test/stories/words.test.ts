import { beforeAll, describe, expect, it } from "vitest";
import { markWords, patternOf, readText } from "../../src/site/mark-words";
import { renderSite } from "../../src/site/render-site";
import { storyPages } from "../../src/site/told-stories";
import { type Word, words } from "../../src/words";

const all = Object.keys(words) as Word[];

describe("plain words", () => {
  const bodies = new Map<string, string>();
  beforeAll(async () => {
    const { pages } = await renderSite();
    for (const { id } of storyPages) bodies.set(id, pages[id].body);
  });

  it("take 30 words at most", () => {
    for (const { says } of Object.values(words)) {
      expect(says.split(/\s+/).length).toBeLessThanOrEqual(30);
      expect(says).toMatch(/[.]$/);
    }
  });

  it.each(storyPages.map(({ id }) => id))("are marked on %s where it has them", (id) => {
    const body = bodies.get(id)!;
    const text = readText(body.replaceAll(/<div class="meaning"[\s\S]*?<\/div>/g, " "));
    const unmarked = all.filter(
      (word) => patternOf(word).test(text) && !body.includes(`popovertarget="word-${word}"`),
    );
    expect(unmarked).toEqual([]);
    const marks = new Set(
      [...body.matchAll(/popovertarget="word-(.*?)"/g)].map(([, word]) => word),
    );
    for (const word of marks) expect(body).toContain(`popover id="word-${word}"`);
  });

  it("are used", () => {
    const whole = [...bodies.values()].join("");
    const unused = all.filter((word) => !whole.includes(`popovertarget="word-${word}"`));
    expect(unused).toEqual([]);
  });

  it("are marked where a sentence first has them, and not in what is live", () => {
    const body = `<h1>The tail</h1><p>A tail of <code>tail</code>, curtailed, and the Tail again.</p><div id="live">seed</div><noscript></noscript><p>Two seeds</p>`;
    const marked = markWords(body);
    const mark = (word: Word, said: string) =>
      `<button type="button" class="term" popovertarget="word-${word}">${said}</button>`;
    expect(marked).toContain(
      `<p>A ${mark("tail", "tail")} of <code>tail</code>, curtailed, and the Tail again.</p>`,
    );
    expect(marked).toContain(`<div id="live">seed</div>`);
    expect(marked).toContain(`<p>Two ${mark("seed", "seeds")}</p>`);
    expect(marked.match(/class="meaning"/g)).toHaveLength(2);
  });
});
