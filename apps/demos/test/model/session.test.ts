import { describe, expect, it } from "vitest";
import { filesSource, shippedSource } from "../../src/model/source";
import { collect, modelInNode, signal } from "../slow/support/shipped";

describe("x", () => {
  it.each(["stories", "mixture"] as const)("%s", async (name) => {
    const session = modelInNode();
    const source = shippedSource(name);
    const opened = await collect(session.open({ source }, signal));
    console.log(opened.at(-1));
    const run = {
      turns: [
        { role: "user", content: name === "stories" ? "Once upon a time" : "Call me Ishmael. — é" },
      ] as never,
      temperature: 0,
      tokens: 100,
      seed: 1,
    };
    const w = (await collect(session.write({ source, ...run }, signal))).at(-1)!;
    console.log(w);
    const [files] = await collect(session.files({ source }, signal));
    console.log([...files!].map(([n, b]) => [n, b.size]));
    const other = filesSource("x", files!);
    const w2 = (await collect(session.write({ source: other, ...run }, signal))).at(-1)!;
    expect(w2.text).toBe(w.text);
    const [files2] = await collect(session.files({ source: other }, signal));
    for (const [n, b] of files!) expect(await files2!.get(n)!.text()).toBe(await b.text());
  });
});
