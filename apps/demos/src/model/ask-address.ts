import { isAllowed } from "./parse-address";

/**
 * Asks an address for a file: without credentials or a referrer, and nobody else, so redirects are refused. (A caller that
 * follows them itself says so, as that for the Hugging Face hub does, whose files lie on another host.)
 *
 * @throws {TypeError} for an address that may not be asked, and where there is no answer
 */
export const askAddress: typeof fetch = async (input, init = {}) => {
  const check = (address: string) => {
    if (!isAllowed(new URL(address))) throw new TypeError(`${address} may not be asked`);
  };
  check(input instanceof Request ? input.url : String(input));
  const answer = await fetch(input, {
    redirect: "error",
    ...init,
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
  if (answer.redirected) check(answer.url);
  return answer;
};
