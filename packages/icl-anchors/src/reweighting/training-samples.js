import { disposePast, readPast } from "../run/past";
/** Tokens at the start that all prompts have in common, at most up to where queries begin. */
function sharedTokens(prompts) {
    const first = prompts[0];
    let shared = Math.min(...prompts.map(({ queryStart = 0 }) => queryStart));
    for (const { ids } of prompts)
        for (let i = 0; i < shared; i++)
            if (ids[i] !== first.ids[i])
                shared = i;
    return shared;
}
/** Reads what comes before each target once; the caller disposes it. */
export function readSamples(model, prompts) {
    const shared = sharedTokens(prompts);
    const prefix = readPast(model, Array.from(prompts[0].ids).slice(0, shared));
    const list = prompts.map((prompt) => {
        const own = Array.from(prompt.ids).slice(shared, prompt.target);
        return { prompt, pasts: [prefix, readPast(model, own, { pasts: [prefix] })] };
    });
    return {
        list,
        dispose() {
            disposePast(prefix);
            for (const { pasts } of list)
                disposePast(pasts[1]);
        },
    };
}
