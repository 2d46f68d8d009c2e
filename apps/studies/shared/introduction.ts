/** A report's introduction to its study: its title, what was done in two or three sentences, and the words that it uses. */
export interface Introduction {
  title: string;
  lead: string;
  /** Methods and abbreviations in the order in which they appear. */
  terms: readonly (readonly [name: string, meaning: string])[];
}
