import { useEffect, useRef } from "preact/hooks";
import { Problems, RecordedTag } from "../shell/controls";
import { fill, stop } from "./actions";
import type { Filled } from "./fill-middle";
import { doing, hole, isCurrent, isLive, problems } from "./state";

/** A text with its middle as the model has written it. */
function FilledText({ filled: { text, from, to, middle } }: { filled: Filled }) {
  return (
    <pre id="filled" class="filled">
      {text.slice(0, from)}
      <mark>{middle === "" ? " " : middle}</mark>
      {text.slice(to)}
    </pre>
  );
}

/** A text with two cursors, and what the model writes between them. */
export function Fill({ filled }: { filled: Filled }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { text } = hole.value;
  useEffect(() => {
    const { from, to } = hole.value;
    field.current?.setSelectionRange(from, to);
  }, []);
  const fillSelected = () => {
    const { value, selectionStart, selectionEnd } = field.current!;
    void fill({ text: value, from: selectionStart, to: selectionEnd });
  };
  return (
    <section aria-labelledby="fill-title">
      <h2 id="fill-title">Fill in the middle</h2>
      <p>
        A model for an editor sees what stands before the cursor and what stands after it. Select
        some of the text: it is taken out, and the model writes what belongs between the two
        cursors.
      </p>
      <div class="columns">
        <div>
          <label class="field" for="hole">
            <span>Select the part to write anew</span>
            <textarea
              id="hole"
              ref={field}
              rows={11}
              spellcheck={false}
              autocomplete="off"
              aria-describedby="fill-problems"
              value={text}
              onInput={({ currentTarget }) => {
                hole.value = { ...hole.value, text: currentTarget.value };
              }}
            />
          </label>
          <div class="below">
            <p class="status" role="status">
              {doing.fill.value}
              {!isLive.fill.value && doing.fill.value === "" && <RecordedTag />}
            </p>
            <div class="buttons">
              <button type="button" id="fill" onClick={fillSelected}>
                Fill in
              </button>
              {doing.fill.value !== "" && (
                <button type="button" onClick={stop}>
                  Stop
                </button>
              )}
            </div>
          </div>
          <Problems id="fill-problems" messages={problems.fill.value} />
        </div>
        <div
          class="outcome"
          aria-busy={doing.fill.value !== ""}
          data-old={isCurrent.fill.value ? undefined : ""}
        >
          <FilledText filled={filled} />
        </div>
      </div>
    </section>
  );
}
