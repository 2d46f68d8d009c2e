import { useEffect } from "preact/hooks";
import { Choice, Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import {
  choosePayload,
  chooseStrength,
  openWatermark,
  readWith,
  renew,
  replay,
  restore,
  save,
} from "./actions";
import { type Attack, type Key, schemes } from "./names";
import type { RecordedWatermark } from "./recorded";
import { address, doing, isLive, problems, shown, showRecorded } from "./state";
import { Story } from "./story";

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
    <div class="panel">
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
      <div class="columns">
        {schemes.map((scheme) => (
          <Story key={scheme} scheme={scheme} />
        ))}
      </div>
      <p class="hint said">
        <span class="for">Filled</span> words speak for the message that is read,{" "}
        <span class="against">underlined</span> ones against it. Click a word to take it out.
      </p>
      <div class="below">
        <p class="status" role="status">
          {doing.value}
        </p>
        <RunButtons replay={replay} renew={renew} save={save} fresh="New texts" />
      </div>
      <Problems messages={problems.run.value} />
      {!isLive.value && (
        <p class="hint">
          <RecordedTag /> Written at seed {recorded.seed}. Change anything, and it is written or
          read here.
        </p>
      )}
    </section>
  );
}
