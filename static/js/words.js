/* The product's own words in the reader's language. Another script, which the page names before this one where the
   language is not English, brings them as `django.gettext`; without it, words stay as they are written here. */

const catalogue = globalThis.django;

export const gettext = (words) => catalogue?.gettext(words) ?? words;

/* `{name}` in the words stands for the value of that name. */
export const filled = (words, values) => words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export const ngettext = (one, many, number) =>
  filled(catalogue?.ngettext(one, many, number) ?? (number === 1 ? one : many), { number });

/* How dates and times are written: as the words are, in the digits that pages have. */
const LOCALES = { en: "en-GB", ar: "ar-u-nu-latn" };
const { lang } = document.documentElement;
export const locale = LOCALES[lang] ?? (lang || "en-GB");
