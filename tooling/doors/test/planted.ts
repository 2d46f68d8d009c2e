/** @file Readers with planted faults. */

/** Ends in a TypeError for two words "put" in a row and, anywhere, two braces: each step is a block of its own. */
function defect(text: string): number {
  let puts = 0;
  for (const word of text.split(" ")) {
    if (word.startsWith("put")) puts++;
    else if (puts < 2) puts = 0;
  }
  if (puts >= 2) {
    if (text.includes("{{")) return (undefined as unknown as string).length;
  }
  return puts;
}

/** Looks at all words before each word. */
function sweep(text: string): number {
  const words = text.split(" ");
  let same = 0;
  for (let i = 0; i < words.length; i++)
    for (let j = 0; j < i; j++) if (words[i] === words[j]) same++;
  return same;
}

/** Looks at each word once. */
function steady(text: string): number {
  let same = 0;
  for (const word of text.split(" ")) if (word === "get") same++;
  return same;
}

function pollution(): void {
  Object.assign(Object.prototype, { planted: 1 });
}

export const planted = { defect, sweep, steady, pollution };
