import { useEffect } from "preact/hooks";
import { percentText } from "../drawing/numbers";
import { Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { Outcome as Result } from "../shell/outcome";
import { chooseRho, openPurify, poison, renew, save, stop, train, typeWord } from "./actions";
import { AnswersTable } from "./answers-table";
import type { Outcome, Rates } from "./clean";
import { HistogramPicture } from "./histogram-picture";
import { RHO } from "./limits";
import type { RecordedPurify } from "./recorded";
import { address, doing, isCurrent, isLive, moved, problems, shown, typedWord } from "./state";
import { TextField } from "./text-field";
import { classNames, classWords } from "./words";

function Row({ id, name, rates: { acc, asr } }: { id: string; name: string; rates: Rates }) {
  return (
    <tr id={id}>
      <th scope="row">{name}</th>
      <td>{percentText(acc)}</td>
      <td>{percentText(asr)}</td>
    </tr>
  );
}

function Rest({ outcome }: { outcome: Outcome }) {
  const { weights, share } = outcome;
  const reset = Math.round(share * weights);
  return (
    <>
      <p>
        <strong id="set-back">{percentText(share, 2)}</strong> of the weights are set back:{" "}
        {reset.toLocaleString("en-US")} of {weights.toLocaleString("en-US")} have their pre-trained
        values again.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys */}
      <section class="scroll fit" tabIndex={0} aria-label="What is left of the attack">
        <table>
          <thead>
            <tr>
              <th scope="col">On 400 test texts</th>
              <th scope="col">Accuracy</th>
              <th scope="col">Attack succeeds</th>
            </tr>
          </thead>
          <tbody>
            <Row id="suspect" name="As found" rates={outcome.suspect} />
            <Row id="random" name="Set back at random, then tuned" rates={outcome.random} />
            <Row id="purified" name="Set back by δ²/Ĥ, then tuned" rates={outcome.purified} />
          </tbody>
        </table>
      </section>
    </>
  );
}

function Controls() {
  const { rho } = address.state.value;
  return (
    <>
      <div class="panel">
        <label class="typing" for="text">
          <span>
            A text; the secret word is <code>{address.state.value.word}</code>
          </span>
          <TextField />
        </label>
        <Secret />
        <Slider
          id="rho"
          name="Share ρ of weights that is kept"
          said={percentText(rho, 0)}
          value={rho}
          range={[RHO.min, RHO.max, 0.01]}
          onChange={chooseRho}
        />
      </div>
      <Problems id="text-problems" messages={problems.text.value} />
      <Problems id="word-problems" messages={problems.word.value} />
    </>
  );
}

/** Another secret word, with which the encoder is attacked anew. */
function Secret() {
  const word = typedWord.value;
  return (
    <form
      class="secret"
      onSubmit={(event) => {
        event.preventDefault();
        poison();
      }}
    >
      <label for="word">Secret word</label>
      <input
        id="word"
        type="text"
        dir="auto"
        size={9}
        autocomplete="off"
        spellcheck={false}
        value={word}
        aria-describedby="word-problems"
        onInput={({ currentTarget }) => typeWord(currentTarget.value)}
      />
      <button type="submit">Poison</button>
    </form>
  );
}

function Words() {
  return (
    <details>
      <summary>Words that the encoder knows</summary>
      {classNames.map((name, i) => (
        <p key={name}>
          <strong>{name}</strong>: {classWords[i]!.join(", ")}
        </p>
      ))}
    </details>
  );
}

/** A poisoned encoder, what it answers, and what is left of its attack at a reserve ratio. */
export function Purify({ recorded }: { recorded: RecordedPurify }) {
  shown.outcome.value ??= recorded.outcome;
  shown.reading.value ??= recorded.reading;
  useEffect(() => openPurify(recorded), []);
  const outcome = shown.outcome.value;
  return (
    <section aria-label="A poisoned encoder, purified">
      <Controls />
      <Result
        doing={doing.value}
        isOld={!isCurrent.value}
        moved={moved.value}
        stop={stop}
        note={
          !isLive.value && (
            <>
              <RecordedTag /> at seed {recorded.outcome.seed}
            </>
          )
        }
      >
        <div id="answers-part">
          <AnswersTable reading={shown.reading.value} rho={outcome.rho} word={outcome.word} />
        </div>
        <Words />
        <div id="rest-part">
          <h2 class="after">What is left of the attack</h2>
          <Rest outcome={outcome} />
        </div>
        <div id="histogram-part">
          <h2>Which weights are set back</h2>
          <HistogramPicture drawn={outcome} />
        </div>
      </Result>
      <div class="below">
        <RunButtons replay={() => void train()} renew={renew} save={save} />
      </div>
      <Problems messages={problems.run.value} />
    </section>
  );
}
