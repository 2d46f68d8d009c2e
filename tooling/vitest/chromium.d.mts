/** Path of the browser that tests drive, undefined where there is none. */
export const chromium: string | undefined;
/** Says, once a run, that there is none and what to install. */
export function sayIfChromiumIsMissing(): void;
