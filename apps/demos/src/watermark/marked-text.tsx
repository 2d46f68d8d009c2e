import { useSignal } from "@preact/signals";
import { strike } from "./actions";
import type { Scheme } from "./names";
import type { Reading } from "./read-text";

const looks = { [-1]: "against", 0: "silent", 1: "for" } as const;

/** A text whose tokens are coloured by what they say; a click, or the Delete key, takes one out. */
export function MarkedText({ scheme, tokens }: Pick<Reading, "tokens"> & { scheme: Scheme }) {
  const current = useSignal(-1);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a run of words, which no element stands for
    <p
      class="marked"
      dir="auto"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move from word to word
      tabIndex={0}
      aria-label={`The ${scheme} text; arrow keys move from word to word, Delete takes one out: ${tokens.map(([text]) => text).join("")}`}
      onClick={({ target }) => {
        const place = (target as HTMLElement).dataset.at;
        if (place !== undefined) strike(scheme, Number(place));
      }}
      onFocus={() => {
        current.value = Math.max(0, Math.min(current.value, tokens.length - 1));
      }}
      onBlur={() => {
        current.value = -1;
      }}
      onKeyDown={(event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) current.value = Math.max(0, Math.min(tokens.length - 1, current.value + step));
        else if (event.key === "Delete") strike(scheme, current.value);
        else return;
        event.preventDefault();
      }}
    >
      {tokens.map(([text, vote], i) => (
        <span key={i} data-at={i} class={`${looks[vote]}${i === current.value ? " current" : ""}`}>
          {text}
        </span>
      ))}
    </p>
  );
}
