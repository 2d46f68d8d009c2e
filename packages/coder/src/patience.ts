/** How many times its `killMs` a program may take in all. */
const MOST = 25;

/**
 * Waits for `killMs`, and as long again each time the program has used another 25th of its budget meanwhile: a busy machine does
 * not end a program that goes on, and none takes longer than 25 times.
 *
 * @param used share of the budget that it has used, 0 to 1
 * @param end called when it is to be ended
 * @returns stops waiting
 */
export function patience(killMs: number, used: () => number, end: () => void): () => void {
  let turns = 0;
  const look = () => {
    turns++;
    if (turns < MOST && used() >= turns / MOST) timer = setTimeout(look, killMs);
    else end();
  };
  let timer = setTimeout(look, killMs);
  return () => clearTimeout(timer);
}
