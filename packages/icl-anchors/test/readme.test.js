import { fileURLToPath } from "node:url";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";
const folder = fileURLToPath(new URL("..", import.meta.url));
it("begins the README with an example of at most 15 lines", () => {
    expect(readmeExample(folder).match(/^.*\S.*$/gm).length).toBeLessThanOrEqual(15);
});
it("shows code in the README that runs and prints what the comments say", async () => {
    const [flow, prompt, shorter] = await runPage(folder, "README.md");
    expect(flow).toEqual([[true], ["first", false], ["last", true]]);
    expect(prompt).toEqual([[[[7], [17]], 24]]);
    const losses = shorter.slice(0, 3).map(([, loss]) => loss);
    expect(losses[2]).toBeLessThan(losses[0]);
    expect(shorter.slice(3)).toEqual([[20], [true, 8]]);
});
it("shows code in the guide that tells the model with anchors from the one without", async () => {
    const [rows] = (await runPage(folder, "docs/reading-the-measures.md"));
    const loyalty = (name, target) => rows.find(([a, b]) => a === name && b === target)[2];
    expect(loyalty("anchors", "labels")).toBeLessThan(0.4);
    expect(loyalty("anchors", "random")).toBeGreaterThan(0.95);
    expect(loyalty("control", "labels")).toBeGreaterThan(0.95);
});
