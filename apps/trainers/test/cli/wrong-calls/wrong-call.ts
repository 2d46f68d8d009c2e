/** A call that is refused: its words, the exit code, and what the message says. The first of it is the flag, where it is one flag's fault. */
export type WrongCall = readonly [line: string, code: 1 | 2, ...says: string[]];
