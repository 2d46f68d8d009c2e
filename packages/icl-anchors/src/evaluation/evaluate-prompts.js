import { assertField } from "../prompts/check-prompts";
import { accuracyOf, answers } from "../run/answers";
import { meanOf } from "../support/check";
/**
 * Plain k-shot evaluation: each prompt's class logits decide.
 * @throws {AnchorsError} `ERR_MISSING` for a prompt without `gold`, and as `answers`
 */
export async function evaluatePrompts(model, prompts, options = {}) {
    assertField("evaluatePrompts", prompts, "gold");
    const given = await answers(model, prompts, options);
    const classes = prompts[0].classIds.map((_, kind) => kind);
    const isRight = (i) => given[i].prediction === prompts[i].gold;
    return {
        accuracy: accuracyOf(prompts, given),
        perClass: classes.map((kind) => {
            const own = prompts.flatMap(({ gold }, i) => (gold === kind ? [+isRight(i)] : []));
            return own.length === 0 ? null : meanOf(own);
        }),
        predicted: classes.map((kind) => given.filter(({ prediction }) => prediction === kind).length),
        meanLoss: meanOf(given.map((answer, i) => lossOf(answer.classLogits, prompts[i].gold))),
        answers: given,
    };
}
function lossOf(logits, gold) {
    const most = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
    return Math.log(sum) + most - logits[gold];
}
