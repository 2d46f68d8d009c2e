/** Options of which each has a value. */
export type Complete<Options> = { [Name in keyof Options]-?: Exclude<Options[Name], undefined> };
