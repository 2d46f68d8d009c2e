const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** A page as it is shared. */
export interface SharedPage {
  id: string;
  title: string;
  /** Address of the site, with a slash at the end. */
  site: string;
  /** The end of the address: "" or "#" and the state. */
  state: string;
}

/** The address of a page with its state. */
export const addressOf = ({ id, site, state }: SharedPage): string => `${site}${id}.html${state}`;

/** HTML by which another page shows this one as a figure: a picture until it is touched. */
export function componentCode(page: SharedPage): string {
  const { id, title, site, state } = page;
  const own = state === "" ? "" : ` state="${escaped(state.slice(1))}"`;
  const link = `<a href="${escaped(addressOf(page))}">${escaped(title)}</a>`;
  return [
    `<script src="${escaped(site)}embed.js" async></script>`,
    `<deepgrain-figure page="${id}"${own}>${link}</deepgrain-figure>`,
  ].join("\n");
}

/** The same as a plain frame of a fixed height. */
export function frameCode(page: SharedPage): string {
  const { id, title, site, state } = page;
  const address = `${site}${id}.html?embed${state}`;
  return `<iframe src="${escaped(address)}" title="${escaped(title)}" width="100%" height="700" style="border: 0"></iframe>`;
}
