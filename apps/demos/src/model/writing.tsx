import { sizeText } from "../models/folder-files";
import { Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { Outcome } from "../shell/outcome";
import { forget, save, stop, typePrompt, write, writeAnother, writeWith } from "./actions";
import { LONGEST } from "./limits";
import { address, doing, drafts, isCurrent, isLive, moved, problems, shown, whole } from "./state";
import { WeightsPicture } from "./weights-picture";

const counted = (n: number) => Math.round(n).toLocaleString("en-US");

/** The model in a line, and where its weights lie. */
function Facts() {
  const { family, layers, positions, vocabSize, weights, bytes } = shown.description.value!;
  return (
    <aside class="facts" aria-label="The model">
      <WeightsPicture weights={weights} />
      <p class="hint">
        {family}, {layers} layers, {counted(weights.total)} weights
        {bytes ? ` in ${sizeText(bytes)} of memory` : ""}. It knows {counted(vocabSize)} tokens and
        reads {counted(positions)} of them at a time.
      </p>
    </aside>
  );
}

/** The text that the model went on from, and what it wrote; or the turns of a conversation. */
function Text() {
  const turns = shown.turns.value;
  if (!shown.description.value!.isChat)
    return (
      <p class="page-text" id="text">
        {turns.map(({ role, content }) => (
          <span key={role} class={role === "user" ? "given" : ""}>
            {content}
          </span>
        ))}
      </p>
    );
  return (
    <ol class="turns" id="text">
      {turns.map(({ role, content }, i) => (
        <li key={i} class={role}>
          <span class="aloud">{role === "user" ? "You: " : "The model: "}</span>
          {content}
        </li>
      ))}
    </ol>
  );
}

function Speed() {
  const written = shown.written.value;
  if (!written) return null;
  const { tokens, tokensPerSecond, bytes } = written;
  return (
    <p class="speed muted" id="speed">
      {counted(tokens)} tokens
      {tokensPerSecond ? `, ${counted(tokensPerSecond)} per second` : ""}
      {bytes ? `, ${sizeText(bytes)} in memory` : ""}
    </p>
  );
}

function Controls() {
  const { temperature, tokens } = address.state.value;
  return (
    <div class="panel">
      <Slider
        id="temperature"
        name="Temperature"
        said={temperature === 0 ? "0, the likeliest each time" : temperature.toFixed(1)}
        value={temperature}
        range={[0, 2, 0.1]}
        onChange={(value) => writeWith({ temperature: value })}
      />
      <Slider
        id="tokens"
        name="At most"
        said={`${tokens} tokens`}
        value={tokens}
        range={[10, 1000, 10]}
        onChange={(value) => writeWith({ tokens: value })}
      />
    </div>
  );
}

/** A text to go on from, what is written after it, and how fast. */
export function WritingSection() {
  const { isChat } = shown.description.value!;
  return (
    <section aria-labelledby="writing">
      <h2 id="writing">{shown.source.value.title}</h2>
      <div class="own-model">
        <div>
          <label class="eyebrow" for="prompt">
            {isChat ? "Say something" : "Begin a text"}
          </label>
          <textarea
            dir="auto"
            id="prompt"
            rows={isChat ? 2 : 3}
            maxLength={2 * LONGEST}
            spellcheck={false}
            aria-describedby="prompt-problems"
            value={drafts.prompt.value}
            onInput={({ currentTarget }) => typePrompt(currentTarget.value)}
          />
          <Problems id="prompt-problems" messages={problems.prompt.value} />
          <Controls />
          <div class="below">
            <RunButtons
              again={isChat ? "Send" : "Write"}
              fresh={isChat ? "Another answer" : "Another text"}
              replay={() => void write()}
              renew={() => void writeAnother()}
              save={save}
            />
            {isChat && (
              <div class="buttons">
                <button type="button" onClick={forget}>
                  New conversation
                </button>
              </div>
            )}
          </div>
          <Problems messages={problems.write.value} />
          <Problems id="address-state" messages={problems.state.value} />
          <Outcome
            doing={doing.value}
            isOld={whole.value !== null && !isCurrent.value}
            moved={moved.value}
            stop={stop}
            note={
              !isLive.value && (
                <>
                  <RecordedTag /> Written at seed {whole.value?.state.seed}. Press “Write”, and it
                  is written here.
                </>
              )
            }
          >
            <div id="writing-part">
              <Text />
              <Speed />
            </div>
          </Outcome>
        </div>
        <Facts />
      </div>
    </section>
  );
}
