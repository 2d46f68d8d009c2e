import { permutation } from "@deepgrain/lm";
import { AnchorsError } from "../errors";
import { assertWhole } from "../support/check";
/**
 * Demonstrations and further examples: one walk through the shuffled examples takes the first `shots` of each class, in the
 * order of the walk, then the next `auxiliary` of each class.
 *
 * @throws {AnchorsError} `ERR_MISSING` when a class has too few examples, `ERR_RANGE` for a label that is no class
 * @see Wang et al. 2023, section 3.1
 */
export function sampleDemonstrations(examples, { classes, random, shots = 1, auxiliary = 4 }) {
    assertWhole("sampleDemonstrations", "shots", shots);
    assertWhole("sampleDemonstrations", "auxiliary", auxiliary);
    const taken = new Array(classes).fill(0);
    const found = { demonstrations: [], auxiliary: [] };
    for (const index of permutation(examples.length, random)) {
        const example = examples[index];
        assertWhole("sampleDemonstrations", `the label of example ${index}`, example.label, {
            most: classes - 1,
        });
        const place = taken[example.label]++;
        if (place < shots)
            found.demonstrations.push(example);
        else if (place < shots + auxiliary)
            found.auxiliary.push(example);
    }
    const short = taken.findIndex((count) => count < shots + auxiliary);
    if (short >= 0)
        throw new AnchorsError("ERR_MISSING", `icl-anchors/sampleDemonstrations: class ${short} must have ${shots + auxiliary} examples, got ${taken[short]}`, { fields: { class: short, count: taken[short] } });
    return found;
}
