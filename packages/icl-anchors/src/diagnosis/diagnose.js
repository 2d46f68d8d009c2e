import { assertField } from "../prompts/check-prompts";
import { accuracyOf, answers } from "../run/answers";
import { assertWhole } from "../support/check";
import { collectVectors } from "./collect-vectors";
import { actualConfusion, offDiagonal, predictedConfusion } from "./confusion";
import { spearman } from "./spearman";
/**
 * Compares which classes look alike to the target's queries with which classes the model confuses.
 *
 * @param prompts at least 3, with known classes
 * @throws {AnchorsError} `ERR_MISSING` for a prompt without `gold` or a class without demonstration, `ERR_RANGE`
 * @see Wang et al. 2023, section 4
 */
export async function diagnose(model, prompts, options = {}) {
    const { layer = Math.floor((2 * model.config.numHiddenLayers) / 3), keysOf = 0, ...run } = options;
    assertField("diagnose", prompts, "gold");
    const { queries, keys } = await collectVectors(model, prompts, { ...run, layer });
    assertWhole("diagnose", "keysOf", keysOf, { most: prompts.length - 1 });
    const { components = Math.min(10, queries.rows - 1, queries.cols) } = options;
    const given = await answers(model, prompts, run);
    const predicted = predictedConfusion(queries, keys[keysOf], { components });
    const actual = actualConfusion(given.map(({ probabilities }) => probabilities), prompts.map(({ gold }) => gold));
    const pairs = [offDiagonal(predicted), offDiagonal(actual)];
    return {
        predicted,
        actual,
        spearman: pairs[0].length < 2 ? null : spearman(...pairs),
        accuracy: accuracyOf(prompts, given),
        layer,
        components,
        prompts: prompts.length,
    };
}
