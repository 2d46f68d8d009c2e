/**
 * The options of a wider object that are among the given names: for functions that hand some of theirs on to others.
 *
 * @param names as `OptionNames` of the other function has them
 */
export function pickOptions<Wide extends object, Names extends object>(
  wide: Wide,
  names: Names,
): Pick<Wide, keyof Wide & keyof Names> {
  const entries = Object.entries(wide).filter(([name]) => Object.hasOwn(names, name));
  return Object.fromEntries(entries) as Pick<Wide, keyof Wide & keyof Names>;
}
