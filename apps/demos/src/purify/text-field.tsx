import { useRef } from "preact/hooks";
import { type } from "./actions";
import { address, typed } from "./state";
import { readText } from "./text";

/** A text in pieces: words that the encoder has never seen are marked. */
function Pieces({ text, unknown }: { text: string; unknown: readonly string[] }) {
  return (
    <>
      {text
        .split(/([\p{L}\p{N}]+)/u)
        .map((piece, i) =>
          unknown.includes(piece.toLowerCase()) ? <mark key={i}>{piece}</mark> : piece,
        )}
    </>
  );
}

/** The field of the text; below its letters unknown words are underlined. */
export function TextField() {
  const marks = useRef<HTMLSpanElement>(null);
  const { unknown } = readText(typed.value, address.state.value.word);
  const follow = ({ scrollLeft }: HTMLInputElement) => {
    if (marks.current) marks.current.scrollLeft = scrollLeft;
  };
  return (
    <span class="marked-field">
      <span class="marks-below" aria-hidden="true" ref={marks}>
        <Pieces text={typed.value} unknown={unknown} />
      </span>
      <input
        id="text"
        type="text"
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        value={typed.value}
        aria-describedby="text-problems unknown"
        onInput={({ currentTarget }) => {
          type(currentTarget.value);
          follow(currentTarget);
        }}
        onScroll={({ currentTarget }) => follow(currentTarget)}
      />
    </span>
  );
}
