/** Words of the models' language: sixteen topics of three words each, by their ids from 0. */
export const topics: readonly (readonly string[])[] = [
  "cat lion tiger",
  "owl hawk eagle",
  "trout salmon shark",
  "bee ant wasp",
  "bread loaf toast",
  "apple pear plum",
  "tea coffee cocoa",
  "onion carrot leek",
  "violin cello guitar",
  "flute horn trumpet",
  "ship boat ferry",
  "car bus truck",
  "football tennis golf",
  "rain snow wind",
  "hammer saw drill",
  "coat shirt hat",
].map((words) => words.split(" "));

/** Words that texts of every topic have, after those of the topics. */
export const commonWords = "a of too in and with some the".split(" ");

/** Label words; the colours mean nothing until a prompt has them. */
export const labelWords = "red blue green yellow brown grey pink white".split(" ");

const words = [...topics.flat(), ...commonWords];

/** Words of texts by their ids. */
export const wordIds: ReadonlyMap<string, number> = new Map(words.map((word, id) => [word, id]));

/** Id of the first label. */
const FIRST_LABEL = words.length;

/** Ids of labels. */
export const labelIds: ReadonlyMap<string, number> = new Map(
  labelWords.map((word, i) => [word, FIRST_LABEL + i]),
);

/** Id of the sign between a text and its label. */
export const SIGN_ID = FIRST_LABEL + labelWords.length;

/** The sign between a text and its label. */
export const SIGN = "→";

/** A token as it is read by people. */
export const wordOf = (id: number): string => [...words, ...labelWords, SIGN][id]!;
