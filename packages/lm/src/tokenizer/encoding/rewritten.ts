import type { Pipeline } from "./pipeline";

/** A section of a text as two settings of old tokenizers rewrite it, before its normaliser does. */
export function rewritten(
  { remove_space, do_lowercase_and_remove_accent }: Pipeline,
  section: string,
): string {
  let text = section;
  if (remove_space === true) text = text.trim().split(/\s+/).join(" ");
  if (do_lowercase_and_remove_accent) text = text.toLowerCase().replace(/\p{M}/gu, "");
  return text;
}
