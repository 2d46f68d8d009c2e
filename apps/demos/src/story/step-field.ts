import { type Field, wholeField } from "../state/fields";

/** The number of the story's step in an address; 0 outside of the story. @param steps the story has */
export const stepField = (steps: number): Field<number> => ({
  ...wholeField(0, 1, steps),
  initial: 0,
});
