/** The two ways to run again, and what is made of the last run. */
export function RunButtons({
  replay,
  renew,
  save,
  again = "Replay",
  fresh = "New weights",
}: {
  /** Runs with the same seed. */
  replay(): void;
  /** Runs with the next seed. */
  renew(): void;
  save(): void;
  /** Name of the first button. */
  again?: string | undefined;
  /** Name of the second button: what is new with the next seed. */
  fresh?: string | undefined;
}) {
  return (
    <div class="buttons">
      <button type="button" data-name="replay" onClick={replay}>
        {again}
      </button>
      <button type="button" data-name="seed" onClick={renew}>
        {fresh}
      </button>
      <button type="button" class="quiet" data-name="save" onClick={save}>
        Save as JSON
      </button>
    </div>
  );
}

/** A complaint, beside the control that it is about. */
export function Problems({ id, messages }: { id?: string; messages: readonly string[] }) {
  return (
    <div class="problems" id={id} role="alert">
      {messages.map((message) => (
        <p key={message}>{message}</p>
      ))}
    </div>
  );
}

/** Says that what is shown was recorded, until the visitor has touched something. */
export function RecordedTag() {
  return <span class="tag">Recorded</span>;
}

/** A number that is dragged. @param said the number in words */
export function Slider({
  id,
  name,
  said,
  value,
  range: [min, max, step],
  onChange,
}: {
  id: string;
  name: string;
  said: string;
  value: number;
  range: readonly [min: number, max: number, step: number];
  onChange(value: number): void;
}) {
  return (
    <label class="slider" for={id}>
      <span>
        {name} <output>{said}</output>
      </span>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={said}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </label>
  );
}

/** One of some choices. */
export function Choice<T extends string>({
  id,
  name,
  value,
  choices,
  onChange,
}: {
  id: string;
  name: string;
  value: T;
  choices: Readonly<Record<T, string>>;
  onChange(value: T): void;
}) {
  return (
    <label class="choice" for={id}>
      <span>{name}</span>
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value as T)}
      >
        {(Object.entries(choices) as [T, string][]).map(([choice, said]) => (
          <option key={choice} value={choice}>
            {said}
          </option>
        ))}
      </select>
    </label>
  );
}
