/** @file The golden cases: their shape, and how they are compared. */
import { readFileSync } from "node:fs";
import { loadModel } from "@deepgrain/lm";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { expect } from "vitest";
const read = (name) => JSON.parse(readFileSync(shared(`golden/anchors/${name}`), "utf8"));
export const anchorCases = sharedIsMissing
    ? []
    : read("anchors.json").cases;
export const readMetrics = () => read("metrics.json");
export const tokenizerFolder = () => shared("data/models/tiny-random-gpt2");
const models = new Map();
export function goldenModel(name) {
    const folder = name === "model" ? shared("golden/anchors/model") : shared(`data/models/${name}`);
    if (!models.has(name))
        models.set(name, loadModel(folder));
    return models.get(name);
}
/** The prompt of a case, as token ids with places. */
export const promptOf = (c) => ({
    ids: c.input_ids,
    labelPositions: c.label_positions,
    target: c.target,
    classIds: c.label_ids,
    gold: c.gold,
    queryStart: c.input_ids.length - c.compression.query_ids.length,
    formatPositions: c.compression.kept_positions.filter((p) => !c.label_positions.flat().includes(p)),
});
/** GOLDEN.md's tolerance: a share of the largest absolute value of the list. */
export function expectClose(got, wanted, share = 1e-4) {
    expect(got.length).toBe(wanted.length);
    const most = Array.from(wanted).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const worst = Array.from(got).reduce((a, b, i) => Math.max(a, Math.abs(b - wanted[i])), 0);
    expect(worst, `largest difference, of at most ${share * most}`).toBeLessThanOrEqual(share * most);
}
export const normOf = (values) => Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));
/** Label logits, norm and the ten best, as the golden file keeps them. */
export function expectLogits(got, wanted, labels) {
    const most = Math.max(...wanted.top_logits.map(Math.abs));
    expectClose([...labels.map((id) => got[id]), most], [...wanted.labels, most]);
    expectClose([normOf(got)], [wanted.norm]);
    expectClose(wanted.top_ids.map((id) => got[id]), wanted.top_logits);
}
