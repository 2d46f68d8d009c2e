/** The two ways of splitting the vocabulary that are compared. */
export const schemes = ["balanced", "plain"] as const;

export type Scheme = (typeof schemes)[number];

/** One of each scheme. */
export type Both<T> = Record<Scheme, T>;

/** Bytes of a message, at most. */
export const BYTES = 4;

/** Bytes that a message is filled up to with spaces: those of a short one fit into a short text. */
export const bytesOf = (payload: string): number =>
  payload.length > BYTES / 2 ? BYTES : BYTES / 2;

/** Tokens that a story is written with: as many for four letters as the model can look back on. */
export const tokensOf = (payload: string): number => (bytesOf(payload) === BYTES ? 510 : 256);

/** Letters of a text that is read, at most: about as many as the model can look back on. */
export const LONGEST = 1500;

/** Attacks on a text's tokens. */
export const attacks = ["delete", "replace", "swap"] as const;

export type Attack = (typeof attacks)[number];

/** Whose key a text is read with. */
export const keys = ["own", "wrong"] as const;

export type Key = (typeof keys)[number];
