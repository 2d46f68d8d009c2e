/** Simple element operations that are worth a thread's attention: below this, handing them over costs more. */
const SHARE = 32768;

/** Items in a chunk of a kernel whose items take as long as `work` simple element operations each. */
export const grain = (work: number) => Math.ceil(SHARE / Math.max(work, 1));
