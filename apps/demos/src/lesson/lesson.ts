/** A page of this site with the titles of its story's steps; none where it has no story. */
export interface KnownPage {
  id: string;
  /** Its name in the menu. */
  name: string;
  steps: readonly string[];
}

/** A page at a step of its story. */
export interface LessonStep {
  page: string;
  /** The number of the story's step; 0 for the whole page. */
  step: number;
  /** The teacher's words above it, in the subset of Markdown that `marked-text.ts` reads; "" for none. */
  text: string;
}

/** Pages in a teacher's order, with words between them. */
export interface Lesson {
  title: string;
  steps: readonly LessonStep[];
  /** The words after the last step; "" for none. */
  end: string;
}

/** Most steps, bytes of all texts together, characters of the title, and bytes of a file or an address. */
export const LIMITS = { steps: 20, bytes: 16_000, title: 100, input: 100_000 };
