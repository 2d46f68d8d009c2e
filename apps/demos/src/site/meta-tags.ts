import type { FileId } from "./document";

/** Where the site will be, with a slash at the end; without it no tag names an address. */
function siteAddress(): string | undefined {
  const given = process.env.DEEPGRAIN_URL;
  if (!given) return undefined;
  const named = given.endsWith("/") ? given : `${given}/`;
  const isFine = /^https:\/\/[^?#@\s]+$/.test(named) && URL.canParse(named);
  if (isFine) return new URL(named).href;
  throw new Error(
    `demos: DEEPGRAIN_URL must be an https address without "?" and "#", got ${given}`,
  );
}

/** The address that a page will have; undefined where it is not known. */
export function addressOf(id: FileId): string | undefined {
  const site = siteAddress();
  return site && (id === "index" ? site : `${site}${id}.html`);
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** A page's description, and where its address is known the title, text and picture of a link to it. */
export function metaTags(id: FileId, title: string, description: string): string {
  const tags = [`<meta name="description" content="${escaped(description)}">`];
  const address = addressOf(id);
  if (address === undefined) return tags[0]!;
  const properties: Record<string, string> = {
    "og:type": "website",
    "og:site_name": "Deepgrain",
    "og:title": title,
    "og:description": description,
    "og:url": address,
    "og:image": new URL(`previews/${id}.png`, siteAddress()).href,
    "og:image:width": "1200",
    "og:image:height": "630",
    "og:image:alt": description,
  };
  for (const [property, content] of Object.entries(properties))
    tags.push(`<meta property="${property}" content="${escaped(content)}">`);
  tags.push('<meta name="twitter:card" content="summary_large_image">');
  return tags.join("\n    ");
}
