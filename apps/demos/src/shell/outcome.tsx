import type { ComponentChildren } from "preact";

/**
 * A result with what is under way beside it: dimmed while its settings are newer.
 *
 * @param doing the work in progress, in words; "" for none
 * @param moved what the last move changed, in a sentence
 */
export function Outcome({
  doing,
  isOld,
  moved,
  stop,
  note,
  children,
}: {
  doing: string;
  isOld: boolean;
  moved: string;
  stop(): void;
  /** Beside the state, when nothing is under way. */
  note?: ComponentChildren;
  children: ComponentChildren;
}) {
  const isBusy = doing !== "";
  return (
    <div class="outcome" aria-busy={isBusy} data-old={isOld ? "" : undefined}>
      <div class="working">
        <p class="status" role="status">
          {isBusy ? doing : note}
        </p>
        <p class="moved" aria-live="polite">
          {moved}
        </p>
        {isBusy && (
          <button type="button" onClick={stop}>
            Stop
          </button>
        )}
      </div>
      {children}
    </div>
  );
}
