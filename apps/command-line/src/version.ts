/** Filled in when the program is built. */
declare const DEEPGRAIN_VERSION: string | undefined;

/** Version of the program. */
export const version = typeof DEEPGRAIN_VERSION === "string" ? DEEPGRAIN_VERSION : "from source";
