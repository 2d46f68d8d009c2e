/** Exit codes; 130 is the code that shells report for a program ended by Ctrl-C. */
export const exitCodes = { success: 0, failure: 1, usage: 2, interrupted: 130 } as const;
