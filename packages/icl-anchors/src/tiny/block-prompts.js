import { permutation } from "@deepgrain/lm";
import { labelToken, separatorToken, topicWords } from "./block-task";
/** Demonstrations of every class in random order. */
export function blockDemonstrations(task, { random, topics = [...permutation(task.topics, random)].slice(0, 4), names = [...permutation(task.labels, random)].slice(0, topics.length), words = 3, shots = 1, }) {
    const ids = [];
    const labelPositions = topics.map(() => []);
    const formatPositions = [];
    const textPositions = [];
    for (const item of permutation(topics.length * shots, random)) {
        const kind = item % topics.length;
        for (const word of topicWords(task, topics[kind], { length: words, random }))
            textPositions.push(ids.push(word) - 1);
        formatPositions.push(ids.push(separatorToken(task)) - 1);
        labelPositions[kind].push(ids.push(labelToken(task, names[kind])) - 1);
    }
    return { topics, names, words, ids, labelPositions, formatPositions, textPositions };
}
/** A prompt: the demonstrations, and a query of class `gold` (default: drawn). */
export function blockPrompt(task, demonstrations, { random, gold = Math.floor(random() * demonstrations.topics.length), }) {
    const { topics, names, words, ids, ...positions } = demonstrations;
    const query = topicWords(task, topics[gold], { length: words, random });
    const all = Int32Array.from([...ids, ...query, separatorToken(task)]);
    return {
        ids: all,
        ...positions,
        target: all.length - 1,
        queryStart: ids.length,
        classIds: names.map((name) => labelToken(task, name)),
        gold,
    };
}
/** Prompts with demonstrations of their own: topics and labels, where not given, are drawn anew for each. */
export const blockPrompts = (task, { count, ...options }) => Array.from({ length: count }, () => blockPrompt(task, blockDemonstrations(task, options), { random: options.random }));
/** How a token of the task is shown: `3.1` for word 1 of topic 3, `common2`, `label4`, `→` for the separator. */
export function blockTokenName(task, id) {
    if (id === separatorToken(task))
        return "→";
    const label = id - labelToken(task, 0);
    if (label >= 0)
        return `label${label}`;
    const topic = Math.floor(id / task.wordsPerTopic);
    return topic < task.topics
        ? `${topic}.${id % task.wordsPerTopic}`
        : `common${label + task.commonWords}`;
}
