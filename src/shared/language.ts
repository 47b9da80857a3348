/**
 * Numbers, plurals and dates as people read them, by Intl. Whoever translates the app changes the language here and the
 * sentences in the `strings.ts` files.
 */
const language = 'en';

const integers = new Intl.NumberFormat(language);
const cardinals = new Intl.PluralRules(language);
const moments = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });

/** "12,345" */
export const formatCount = (count: number): string => integers.format(count);

/** "1 frame", "12,345 frames", "2 branches": the count with the form of the noun that it asks for. */
export const plural = (count: number, one: string, other = `${one}s`): string => `${formatCount(count)} ${pluralForm(count, one, other)}`;

/** The noun, or the verb, alone: "exists" for one, "exist" for several. */
export const pluralForm = (count: number, one: string, other: string): string => (cardinals.select(count) === 'one' ? one : other);

/** "Dec 1, 2026, 2:40 PM", in the time zone of this machine. @param moment milliseconds since 1970, or an ISO date */
export const formatMoment = (moment: number | string): string => moments.format(new Date(moment));

/** Orders names as people do: "shot 2" before "shot 10", upper and lower case alike. */
export const compareNames = new Intl.Collator(language, { numeric: true, sensitivity: 'base' }).compare;
