import { useEffect } from "preact/hooks";
import { Choice, Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { Outcome } from "../shell/outcome";
import {
  choosePayload,
  chooseStrength,
  openWatermark,
  readWith,
  renew,
  replay,
  restore,
  save,
  stop,
} from "./actions";
import { FrontierPicture } from "./frontier-picture";
import { type Attack, type Key, schemes } from "./names";
import type { RecordedWatermark } from "./recorded";
import { address, doing, isCurrent, isLive, moved, problems, shown, showRecorded } from "./state";
import { Story } from "./written-story";

const attackNames: Record<Attack, string> = {
  delete: "Delete words",
  replace: "Replace words by others",
  swap: "Swap neighbours",
};
const keyNames: Record<Key, string> = { own: "the writer’s key", wrong: "a wrong key" };

function Controls() {
  const { attack, rate, key, strength, balanced, plain } = address.state.value;
  const isEdited = rate > 0 || balanced !== "" || plain !== "";
  return (
    <div class="panel two">
      <div>
        <label class="choice" for="payload">
          <span>Message</span>
          <input
            id="payload"
            type="text"
            size={4}
            value={shown.payload.value}
            aria-describedby="payload-problems"
            onInput={({ currentTarget }) => choosePayload(currentTarget.value)}
          />
        </label>
        <Problems id="payload-problems" messages={problems.payload.value} />
      </div>
      <Choice
        id="attack"
        name="Attack"
        value={attack}
        choices={attackNames}
        onChange={(choice) => readWith({ attack: choice })}
      />
      <Slider
        id="rate"
        name="on a share of"
        said={`${Math.round(100 * rate)}\u00a0%`}
        value={rate}
        range={[0, 0.8, 0.02]}
        onChange={(value) => readWith({ rate: value })}
      />
      <Choice
        id="key"
        name="Read with"
        value={key}
        choices={keyNames}
        onChange={(choice) => readWith({ key: choice })}
      />
      <Slider
        id="strength"
        name="Strength δ"
        said={strength.toFixed(1)}
        value={strength}
        range={[0, 8, 0.5]}
        onChange={chooseStrength}
      />
      <div class="buttons">
        <button type="button" class="quiet" disabled={!isEdited} onClick={restore}>
          Undo attack and edits
        </button>
      </div>
    </div>
  );
}

/** Balanced beside plain marks in two stories: write, attack, read. */
export function Watermark({ recorded }: { recorded: RecordedWatermark }) {
  if (!shown.readings.value) showRecorded(recorded);
  useEffect(() => openWatermark(recorded), []);
  return (
    <section aria-label="Two marked texts">
      <Controls />
      <Outcome
        doing={doing.value}
        isOld={!isCurrent.value && Object.keys(shown.growing.value).length === 0}
        moved={moved.value}
        stop={stop}
        note={
          !isLive.value && (
            <>
              <RecordedTag /> Written at seed {recorded.seed}
            </>
          )
        }
      >
        <figure class="wide" id="frontier-part">
          <FrontierPicture
            frontier={shown.frontier.value!}
            strength={address.state.value.strength}
          />
          <figcaption>
            <span class="swatch balanced" />
            balanced, <span class="swatch plain" />
            plain halves at five strengths, recorded over {recorded.frontier.plain[0]!.texts} texts
            each; the ring is the strength chosen. Right and low is best.
          </figcaption>
        </figure>
        <div class="columns" id="texts-part">
          {schemes.map((scheme) => (
            <Story key={scheme} scheme={scheme} />
          ))}
        </div>
      </Outcome>
      <p class="hint said">
        <span class="for">Filled</span> words speak for the message that is read,{" "}
        <span class="against">underlined</span> ones against it. Click a word to take it out.
        Messages of three or four letters take texts twice as long.
      </p>
      <div class="below">
        <RunButtons replay={replay} renew={renew} save={save} fresh="New texts" />
      </div>
      <Problems messages={problems.run.value} />
    </section>
  );
}
