/** @file Links of a README: in the repository they are relative, on npm's page of a package they must be addresses. */
import { posix } from "node:path";

const link = /(\]\()([^)\s]+)|((?:src|href)=")([^"]+)/g;
const isAddress = (target) => /^(?:https?:|mailto:|#)/.test(target);
const isPicture = (target) => /\.(?:svg|png|jpg|webp)$/.test(target);

/** Calls `change` for the target of each link outside blocks of code. */
const replaced = (text, change) =>
  text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part.replace(link, (_, open, target, attribute, value) => {
            const found = target ?? value;
            return (open ?? attribute) + (isAddress(found) ? found : change(found));
          }),
    )
    .join("");

/** Links and pictures that npm's page would look for beside itself. */
export function relativeLinks(text) {
  const found = [];
  replaced(text, (target) => {
    found.push(target);
    return target;
  });
  return found;
}

/** A README with addresses in the repository instead of relative links. @param manifest of its package */
export function withAddresses(text, { repository }) {
  const base = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
  return replaced(text, (target) => {
    const kind = isPicture(target) ? "raw" : "blob";
    return `${base}/${kind}/main/${posix.join(repository.directory, target)}`;
  });
}
