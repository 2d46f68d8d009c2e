/** Characters of a text, or steps over them, after which others have their turn: a few milliseconds. */
const SLICE = 4096;

/** Counts work on a text, and tells when a slice of it is done. It reads no clock, so that a text has the same slices everywhere. */
export class Pace {
  private work = 0;

  /** Adds characters or steps. @returns whether others should have their turn now */
  isDue(work: number): boolean {
    this.work += work;
    if (this.work < SLICE) return false;
    this.work = 0;
    return true;
  }
}
