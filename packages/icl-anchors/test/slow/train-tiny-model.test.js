import { createRandom } from "@deepgrain/lm";
import { describe, expect, it } from "vitest";
import { accuracyOf, answers, blockPrompts, createTinyModel, isolate, tinyRecipes, trainTinyModel, } from "../../src";
async function trained(recipe, steps) {
    const model = await createTinyModel(recipe);
    const losses = [];
    for await (const event of trainTinyModel(model, { ...recipe, steps }))
        if (event.type === "step-end")
            losses.push(event.loss);
    return { model, losses };
}
describe("trainTinyModel", () => {
    it("makes the smallest model learn in context, through label words", async () => {
        const recipe = tinyRecipes.small;
        const { model } = await trained(recipe, recipe.steps);
        const prompts = blockPrompts(recipe.task, { count: 200, random: createRandom(4).next });
        const original = await answers(model, prompts);
        expect(accuracyOf(prompts, original)).toBeGreaterThanOrEqual(0.9);
        const cut = { where: "first", layers: 2, original };
        const labels = await isolate(model, prompts, cut);
        const random = await isolate(model, prompts, { ...cut, target: "random" });
        expect(labels.labelLoyalty).toBeLessThanOrEqual(0.5);
        expect(random.labelLoyalty).toBeGreaterThanOrEqual(0.9);
        model.dispose();
    });
    it("repeats itself, bit for bit", async () => {
        const [a, b] = [await trained(tinyRecipes.control, 8), await trained(tinyRecipes.control, 8)];
        expect(a.losses).toEqual(b.losses);
        expect(a.losses).toHaveLength(8);
        for (const { model } of [a, b])
            model.dispose();
    });
    it("begins with equal query and key matrices, and draws each recipe's sizes", async () => {
        const model = await createTinyModel(tinyRecipes.anchors);
        const { data } = await model.readWeight("transformer.h.2.attn.c_attn.weight");
        const column = (i) => Float32Array.from({ length: 32 }, (_, row) => data[row * 96 + i]);
        for (const i of [0, 7, 31]) {
            expect(column(i)).toEqual(column(i + 32));
            expect(column(i)).not.toEqual(column(i + 64));
        }
        expect(model.parameters().reduce((sum, { size }) => sum + size, 0)).toBeLessThan(60_000);
        model.dispose();
    });
});
