import type { Ranges } from "./code-points";

/** A regular expression as a tree. Groups are gone, as nothing refers to them. */
export type Pattern =
  | { readonly kind: "set"; readonly ranges: Ranges }
  | { readonly kind: "sequence"; readonly parts: readonly Pattern[] }
  | { readonly kind: "choice"; readonly parts: readonly Pattern[] }
  | {
      readonly kind: "repeat";
      readonly part: Pattern;
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: "start" }
  | { readonly kind: "end" }
  | { readonly kind: "boundary"; readonly isNegated: boolean }
  | { readonly kind: "ahead"; readonly part: Pattern; readonly isNegated: boolean };
