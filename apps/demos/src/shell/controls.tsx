/** The two ways to run again, and what is made of the last run. */
export function RunButtons({
  replay,
  renew,
  save,
}: {
  /** Runs with the same seed. */
  replay(): void;
  /** Runs with the next seed. */
  renew(): void;
  save(): void;
}) {
  return (
    <div class="buttons">
      <button type="button" onClick={replay}>
        Replay
      </button>
      <button type="button" onClick={renew}>
        New weights
      </button>
      <button type="button" class="quiet" onClick={save}>
        Save as JSON
      </button>
    </div>
  );
}

/** What is wrong, beside the control that it is about. */
export function Problems({ id, messages }: { id?: string; messages: readonly string[] }) {
  return (
    <div class="problems" id={id} role="alert">
      {messages.map((message) => (
        <p key={message}>{message}</p>
      ))}
    </div>
  );
}
