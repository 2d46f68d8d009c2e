import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { sizeText } from "../models/folder-files";
import { Problems } from "../shell/controls";
import {
  deleteKept,
  openAddress,
  openChosen,
  openKept,
  openPicked,
  openShipped,
  typeAddress,
} from "./actions";
import { download, keepHere } from "./keep";
import { parseAddress } from "./parse-address";
import { canPickFolder } from "./pick-folder";
import { type ShippedName, shippedNames, shippedSource } from "./source";
import { drafts, problems, shown } from "./state";

const says: Record<ShippedName, string> = {
  stories: "children’s stories, 0.5 MB",
  mixture: "of the Mixture page, 0.6 MB",
};

function Shipped() {
  return (
    <div id="shipped" tabIndex={-1}>
      <h3>From this site</h3>
      {shippedNames.map((name) => {
        const { id, title } = shippedSource(name);
        return (
          <p key={name} class="one-model">
            <button
              type="button"
              aria-pressed={shown.source.value.id === id}
              onClick={() => void openShipped(name)}
            >
              {title}
            </button>{" "}
            <span class="muted">{says[name]}</span>
          </p>
        );
      })}
      <Problems messages={problems.shipped.value} />
    </div>
  );
}

function Folder() {
  // Known only where the page runs.
  const canPick = useSignal(false);
  useEffect(() => {
    canPick.value = canPickFolder();
  }, []);
  return (
    <div>
      <h3>From a folder</h3>
      {canPick.value ? (
        <button type="button" onClick={() => void openPicked()}>
          Choose a folder
        </button>
      ) : (
        <label class="file">
          <span>Choose a folder</span>
          <input
            type="file"
            {...{ webkitdirectory: true }}
            onChange={({ currentTarget }) => {
              openChosen(currentTarget.files);
              // So that the same folder can be chosen again.
              currentTarget.value = "";
            }}
          />
        </label>
      )}
      <Problems messages={problems.folder.value} />
      <p class="hint">
        As Hugging Face has them: config.json, tokenizer.json and .safetensors; or one .gguf file.
        It stays on this machine.
      </p>
    </div>
  );
}

/** The hosts that are asked at a press, in words. */
function asking(text: string): string {
  const parsed = parseAddress(text);
  if ("problem" in parsed) return "Ask its host";
  const isHub = /^(www\.)?(huggingface\.co|hf\.co)$/.test(parsed.host);
  return `Ask ${parsed.host}${isHub ? " and its file hosts" : ""}`;
}

function Address() {
  const text = drafts.address.value;
  return (
    <div>
      <h3>From an address</h3>
      <label class="address" for="address">
        <span class="aloud">Address of a folder or a .gguf file</span>
        <input
          id="address"
          type="text"
          inputMode="url"
          spellcheck={false}
          placeholder="https://"
          aria-describedby="address-problems"
          value={text}
          onInput={({ currentTarget }) => typeAddress(currentTarget.value)}
        />
      </label>
      <button type="button" id="ask" onClick={() => void openAddress()}>
        {asking(text)}
      </button>
      <Problems id="address-problems" messages={problems.address.value} />
      <p class="hint">
        Nothing is asked before you press: then that host alone, without cookies or where you came
        from. Of huggingface.co a model’s page will do.
      </p>
    </div>
  );
}

function Saved() {
  const saved = shown.saved.value;
  return (
    <div>
      <h3>Saved in this browser</h3>
      {saved.length === 0 && <p class="hint">None yet.</p>}
      {saved.map(({ name, bytes }) => (
        <p key={name} class="one-model">
          <button type="button" onClick={() => void openKept(name)}>
            {name}
          </button>{" "}
          <span class="muted">{sizeText(bytes)}</span>{" "}
          <button
            type="button"
            class="quiet"
            aria-label={`Delete ${name}`}
            onClick={() => void deleteKept(name)}
          >
            Delete
          </button>
        </p>
      ))}
      <Problems messages={problems.saved.value} />
      <p class="hint">
        What you train on the <a href="./mixture.html">Mixture</a> page can be opened here from
        there.
      </p>
    </div>
  );
}

/** Where models come from. */
export function Sources() {
  return (
    <section aria-labelledby="sources">
      <h2 id="sources">Another model</h2>
      <div class="sources">
        <Shipped />
        <Folder />
        <Address />
        <Saved />
      </div>
    </section>
  );
}

/** Saves the model that is there. */
export function Keep() {
  return (
    <section aria-labelledby="keep">
      <h2 id="keep">Keep this one</h2>
      <div class="panel">
        <label class="choice" for="name">
          <span>Name</span>
          <input
            id="name"
            type="text"
            size={20}
            spellcheck={false}
            aria-describedby="keep-problems"
            value={drafts.name.value}
            onInput={({ currentTarget }) => {
              drafts.name.value = currentTarget.value;
            }}
          />
        </label>
        <div class="buttons">
          <button type="button" onClick={() => void keepHere()}>
            Save in this browser
          </button>
          <button type="button" onClick={() => void download()}>
            Download
          </button>
        </div>
      </div>
      <Problems id="keep-problems" messages={problems.keep.value} />
    </section>
  );
}
