import { effect } from "@preact/signals";

/** The programs of all pages, by their folders: each is of the state that its page is in. */
const programs = import.meta.glob<() => string>("../*/code.ts", { import: "codeOf" });

/** Loads the program of the page that is open; it reads the state's signals. */
export const loadProgram = (): Promise<() => string> => {
  const id = document.getElementById("live")!.dataset.page!;
  return programs[`../${id === "index" ? "landing" : id}/code.ts`]!();
};

/** Lets the text of a panel be the page's program from now on. */
export async function followCode(panel: HTMLElement): Promise<void> {
  const codeOf = await loadProgram();
  const place = panel.querySelector("code")!;
  effect(() => {
    place.textContent = codeOf();
  });
}
