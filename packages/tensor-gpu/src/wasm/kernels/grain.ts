/** Minimum number of simple element operations per chunk: below this, handing work to a thread costs more than it saves. */
const SHARE = 32768;

/** Items per chunk of a kernel whose items cost `work` simple element operations each. */
export const grain = (work: number) => Math.ceil(SHARE / Math.max(work, 1));
