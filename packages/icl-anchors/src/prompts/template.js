import { AnchorsError } from "../errors";
const formatError = (message, fields = {}) => new AnchorsError("ERR_FORMAT", `icl-anchors/parseTemplate: ${message}`, { fields });
/** @throws {AnchorsError} `ERR_FORMAT` unless the block is `…{text}…{label}` */
export function templateParts(block) {
    const [, before, answer] = /^([\s\S]*)\{text\}([\s\S]*)\{label\}$/.exec(block) ?? [];
    if (before === undefined || answer === undefined || before.includes("{text}"))
        throw formatError(`block must hold {text} once and end with {label}, such as "Review: {text}\\nSentiment:{label}", got ${JSON.stringify(block)}`, { block });
    if (answer.trim() === "")
        throw formatError("block must have words between {text} and {label}", { block });
    const input = before.trimEnd();
    return { input, space: before.slice(input.length), answer };
}
const words = (value) => Array.isArray(value) && value.length > 1 && value.every((x) => typeof x === "string" && x !== "")
    ? value
    : undefined;
/**
 * A template from parsed JSON: `{ "name", "block", "labels", "multiToken"? }`. `labels` is a list of label words, or an
 * object from class names as in the data to label words.
 *
 * @throws {AnchorsError} `ERR_FORMAT` naming the key that is wrong
 */
export function parseTemplate(json) {
    if (typeof json !== "object" || json === null || Array.isArray(json))
        throw formatError("a template must be an object");
    const { name = "custom", block, labels, multiToken = "refuse" } = json;
    if (typeof name !== "string")
        throw formatError("name must be a string", { name });
    if (typeof block !== "string")
        throw formatError("block must be a string", { block });
    templateParts(block);
    const isTable = typeof labels === "object" && labels !== null && !Array.isArray(labels);
    const list = words(isTable ? Object.values(labels) : labels);
    if (!list || new Set(list).size < list.length)
        throw formatError("labels must be at least two different label words", { labels });
    if (!["refuse", "first", "mean"].includes(multiToken))
        throw formatError("multiToken must be refuse, first or mean", { multiToken });
    return {
        name,
        block,
        labels: list,
        ...(isTable && { classNames: Object.keys(labels) }),
        multiToken: multiToken,
    };
}
/**
 * The paper's templates. TREC's ` Abbreviation` is several tokens in GPT-2's vocabulary; as in the paper its first one
 * stands for it.
 *
 * @see Wang et al. 2023, appendix A
 */
export const templates = {
    sst2: {
        name: "sst2",
        block: "Review: {text}\nSentiment:{label}",
        labels: [" Negative", " Positive"],
        classNames: ["0", "1"],
    },
    trec: {
        name: "trec",
        block: "Question: {text}\nAnswer Type:{label}",
        labels: [" Abbreviation", " Entity", " Description", " Person", " Location", " Number"],
        classNames: ["ABBR", "ENTY", "DESC", "HUM", "LOC", "NUM"],
        multiToken: "first",
    },
    agnews: {
        name: "agnews",
        block: "Article: {text}\nAnswer:{label}",
        labels: [" World", " Sports", " Business", " Technology"],
        classNames: ["1", "2", "3", "4"],
    },
    emoc: {
        name: "emoc",
        block: "Dialogue: {text}\nEmotion:{label}",
        labels: [" Others", " Happy", " Sad", " Angry"],
        classNames: ["others", "happy", "sad", "angry"],
    },
};
