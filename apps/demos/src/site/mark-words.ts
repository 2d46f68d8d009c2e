import { type Word, words } from "../words";

/** Elements whose text is no sentence of the page, or whose text is a control already. */
const NEVER = new Set([
  "a",
  "button",
  "code",
  "pre",
  "svg",
  "summary",
  "label",
  "select",
  "script",
  "noscript",
  "nav",
  "h1",
  "h2",
  "h3",
  "title",
]);

/** A letter of the alphabet is a word only where its value follows: pages also show letters as such. */
const formOf = (form: string): string =>
  /^[a-z]$/.test(form) ? `${form}(?=\\s*(?:[=<]|&lt;))` : form;

/** The pattern of a word's forms, with nothing of another word beside it. */
export const patternOf = (word: Word): RegExp => {
  const forms: string[] = [...words[word].forms];
  const longest = forms.sort((a, b) => b.length - a.length).map(formOf);
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${longest.join("|")})(?![\\p{L}\\p{N}])`, "iu");
};

const inHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const isMarked = (html: string, word: Word): boolean =>
  html.includes(`popovertarget="word-${word}"`);

/** The parts of markup, tags and texts in turns. */
const partsOf = (html: string): string[] => html.split(/(<[^>]*>)/);

/** Marks a word where a page's standing text first has it. */
function markFirst(html: string, word: Word): string {
  const pattern = patternOf(word);
  const parts = partsOf(html);
  let depth = 0;
  for (const [i, part] of parts.entries()) {
    const [, end, name] = /^<(\/?)([a-z0-9]+)/i.exec(part) ?? [];
    if (name !== undefined) {
      if (NEVER.has(name)) depth += end === "/" ? -1 : 1;
      continue;
    }
    if (depth > 0 || !pattern.test(part)) continue;
    parts[i] = part.replace(
      pattern,
      (said) => `<button type="button" class="term" popovertarget="word-${word}">${said}</button>`,
    );
    return parts.join("");
  }
  return html;
}

/** The texts of markup; not those of code, pictures, scripts, and of the menu. */
export const readText = (html: string): string =>
  html
    .replaceAll(/<(pre|code|svg|script|noscript|nav)\b[\s\S]*?<\/\1>/g, " ")
    .replaceAll(/<[^>]*>/g, " ");

/**
 * Marks the words of `words.ts` in a page where its introduction first has them, and in the text at its end those that neither
 * that nor the story nor the live part mark. Their sentences stand at its end.
 *
 * @param body with story and live part, which are left as they are since a script takes them over, before a `<noscript>`
 */
export function markWords(body: string): string {
  const start = body.search(/<aside id="story"|<div id="live">/);
  const end = body.indexOf("<noscript>", start);
  let intro = body.slice(0, start);
  const live = body.slice(start, end);
  let after = body.slice(end);
  const all = Object.keys(words) as Word[];
  for (const word of all) {
    intro = markFirst(intro, word);
    if (!isMarked(intro + live, word)) after = markFirst(after, word);
  }
  const whole = intro + live + after;
  const sentences = all
    .filter((word) => isMarked(whole, word))
    .map(
      (word) =>
        `<div class="meaning" popover id="word-${word}"><strong>${inHtml(words[word].forms[0])}</strong>: ${inHtml(words[word].says)}</div>`,
    );
  return `${whole}${sentences.join("")}`;
}
