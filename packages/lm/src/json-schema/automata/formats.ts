/**
 * @file The formats that are enforced, as regular expressions. Some leave out rare texts that the format has: leap seconds, quoted
 *   local parts of addresses, literal addresses in web addresses.
 */

const day31 = "(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])";
const day30 = "(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)";
const february = "02-(?:0[1-9]|1\\d|2[0-8])";
const leapYear = "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
const date = `(?:\\d{4}-(?:${day31}|${day30}|${february})|${leapYear}-02-29)`;
const clock = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const time = `${clock}:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-]${clock})`;

const periodTime = "T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)";
const periodDate = "(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)";
const duration = `P(?:${periodDate}(?:${periodTime})?|${periodTime}|\\d+W)`;

const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
/** Labels whose third and fourth characters are hyphens are reserved (RFC 5891, section 4.2.3.1). */
const noReserved = "(?!(?:.*[.@])?..--)";
const word = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";

const byte = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = `${byte}(?:\\.${byte}){3}`;
const h16 = "[0-9A-Fa-f]{1,4}";

/** An address of 8 groups, one run of which may be left out; the last two may be an IPv4 address. */
function ipv6(): string {
  const last = `(?:${h16}:${h16}|${ipv4})`;
  const found = [`(?:${h16}:){6}${last}`];
  for (let behind = 0; behind <= 7; behind++) {
    const most = 7 - behind; // groups before `::`
    const before = most === 0 ? "" : `(?:${h16}(?::${h16}){0,${most - 1}})?`;
    const after = behind === 0 ? "" : behind === 1 ? h16 : `(?:${h16}:){${behind - 2}}${last}`;
    found.push(`${before}::${after}`);
  }
  return `(?:${found.join("|")})`;
}

const unreserved = "A-Za-z0-9._~\\-";
const sub = "!$&'()*+,;=";
const percent = "%[0-9A-Fa-f]{2}";
const pchar = `(?:[${unreserved}${sub}:@]|${percent})`;
const host = `(?:[${unreserved}${sub}]|${percent})+`;
const authority = `(?:(?:[${unreserved}${sub}:]|${percent})*@)?${host}(?::\\d*)?`;
const segments = `(?:/${pchar}*)*`;
const path = `(?://(?:${authority}${segments}|(?:/${pchar}*)+)|/(?:${pchar}+${segments})?|${pchar}+${segments}|)`;
const more = `(?:${pchar}|[/?])*`;
const uri = `[A-Za-z][A-Za-z0-9+.-]*:${path}(?:\\?${more})?(?:#${more})?`;

/** Expressions of whole texts. */
export const formatPatterns: ReadonlyMap<string, string> = new Map([
  ["date", `^${date}$`], // RFC 3339, section 5.6, with the days of each month
  ["time", `^${time}$`],
  ["date-time", `^${date}[Tt]${time}$`],
  ["duration", `^${duration}$`], // RFC 3339, appendix A
  ["email", `^(?=.{1,64}@)${noReserved}${word}(?:\\.${word})*@${label}(?:\\.${label})*$`], // RFC 5321, section 4.1.2
  ["hostname", `^(?=.{1,253}$)${noReserved}${label}(?:\\.${label})*$`], // RFC 1123, section 2.1
  ["ipv4", `^${ipv4}$`], // RFC 2673, section 3.2
  ["ipv6", `^${ipv6()}$`], // RFC 4291, section 2.2
  ["uri", `^${uri}$`], // RFC 3986, appendix A
  ["uuid", "^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"], // RFC 4122, section 3
  ["byte", "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"], // RFC 4648, section 4
]);

/** Formats of numbers, as OpenAPI has them. */
export const numberFormats: ReadonlyMap<string, { minimum: number; maximum: number }> = new Map([
  ["int32", { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }],
  ["int64", { minimum: -(2 ** 53 - 1), maximum: 2 ** 53 - 1 }],
]);

/** Formats that a draft names, and that are not enforced. */
export const refusedFormats: ReadonlySet<string> = new Set([
  "idn-email",
  "idn-hostname",
  "uri-reference",
  "uri-template",
  "iri",
  "iri-reference",
  "json-pointer",
  "relative-json-pointer",
  "regex",
]);
