import { signal } from "@preact/signals";

const problem = signal("");

/** Opens the dialog, whose code comes with the first press. */
async function share(): Promise<void> {
  problem.value = "";
  try {
    const { openShare } = await import("./share-dialog");
    await openShare();
  } catch {
    problem.value = "The dialog could not be loaded.";
  }
}

/** The button by which a visitor shares what the page shows. */
export function ShareButton() {
  return (
    <>
      <button type="button" onClick={() => void share()}>
        Share
      </button>
      {problem.value && <span role="alert">{problem.value}</span>}
    </>
  );
}
