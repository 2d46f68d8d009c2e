import { Problems, Slider } from "../shell/controls";
import { move, type } from "./actions";
import { FlowLines } from "./flow-lines";
import { cutText, percent, said } from "./moved";
import { LAYERS, modelNames, modelTitles } from "./names";
import { readPrompt, SIZES } from "./prompt-text";
import type { PromptAnswer } from "./reading";
import { address, moved, problems, shown, typed } from "./state";
import { commonWords, labelWords, topics } from "./words";

function Field() {
  return (
    <>
      <label class="typing" for="prompt">
        <span>A text per line, its label behind a colon; the last line is the question</span>
        <textarea
          id="prompt"
          dir="auto"
          autocomplete="off"
          spellcheck={false}
          rows={5}
          maxlength={10 * SIZES.letters}
          value={typed.value}
          aria-describedby="prompt-problems"
          onInput={({ currentTarget }) => type(currentTarget.value)}
        />
      </label>
      <Problems id="prompt-problems" messages={problems.prompt.value} />
    </>
  );
}

function WordList() {
  return (
    <details>
      <summary>Words that the models know</summary>
      <p>
        <strong>Labels</strong>: {labelWords.join(", ")}
      </p>
      <p>
        <strong>Topics</strong>: {topics.map((words) => words.join(" ")).join(", ")}
      </p>
      <p>
        <strong>In every topic</strong>: {commonWords.join(", ")}
      </p>
    </details>
  );
}

function Cell({
  id,
  answer: { label, sure },
  isTurned = false,
}: {
  id: string;
  answer: PromptAnswer;
  isTurned?: boolean;
}) {
  return (
    <td>
      <strong id={id} class={isTurned ? "bad" : undefined}>
        {label}
      </strong>{" "}
      <span class="muted">{percent(sure)}</span>
    </td>
  );
}

function Answers() {
  const seen = { ...shown.value!, of: address.state.value };
  const { models } = seen.reading;
  const cut = said(seen);
  return (
    <table id="answers">
      <thead>
        <tr>
          <th scope="col">Answer</th>
          <th scope="col">Whole</th>
          <th scope="col">{cutText(seen.of)}</th>
        </tr>
      </thead>
      <tbody>
        {modelNames.map((name) => (
          <tr key={name}>
            <th scope="row">
              <span class={`swatch ${name}`} />
              {modelTitles[name]}
            </th>
            <Cell id={`${name}-answer`} answer={models[name].whole} />
            <Cell
              id={`${name}-cut`}
              answer={cut[name]}
              isTurned={cut[name].label !== models[name].whole.label}
            />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Flow() {
  const { layer } = address.state.value;
  const { text, models } = shown.value!.reading;
  const found = readPrompt(text);
  const { lines } = found as Extract<typeof found, { lines: unknown }>;
  return (
    <div id="flow-part">
      <Slider
        id="layer"
        name="Flow of layer"
        said={`${layer} of ${LAYERS}`}
        value={layer}
        range={[1, LAYERS, 1]}
        onChange={(value) => move({ layer: value })}
      />
      <FlowLines
        lines={lines}
        layer={layer}
        anchors={models.anchors.flow[layer - 1]!}
        control={models.control.flow[layer - 1]!}
      />
    </div>
  );
}

/** One prompt: its field, both models' answers to it, and the flow between its words. */
export function PromptView() {
  const { value } = moved;
  return (
    <section aria-labelledby="one-prompt" class="one-prompt">
      <h2 id="one-prompt">One prompt, word by word</h2>
      <div class="columns">
        <div>
          <Field />
          <div id="answers-part" class="result">
            <Answers />
          </div>
          <p class="moved" aria-live="polite">
            {value?.part === "prompt" && value.text}
          </p>
          <p class="hint">
            Which label stands for which topic is new in each prompt, so it can only be learned from
            the prompt. A word that is cut off sees no word before it. A percentage is how sure a
            model is among the labels of the prompt.
          </p>
          <WordList />
        </div>
        <div class="result">
          <Flow />
          <p class="hint flows">
            The thicker a line, the more flows from the upper word to the lower one, for the model’s
            own answer, in the whole model: <span class="wp">into label words</span>,{" "}
            <span class="pq">from label words into the answer</span>,{" "}
            <span class="ww">the rest</span>.
          </p>
        </div>
      </div>
    </section>
  );
}
