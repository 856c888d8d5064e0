/* Counts what is read of a guide: that the page was seen, and which of its sections, without a word about the reader. */

import { all } from "./dom.js";

const LOOK_MS = 1000;
const LOOKS_OF_A_READER = 3;
const MOST_SECTIONS = 39;
const HEADER = 80;

const asksForPrivacy = () => navigator.globalPrivacyControl || navigator.doNotTrack === "1";

/* The sections that are on the screen: from a heading to the next one. */
const inView = (headings) =>
  headings.filter((heading, place) => {
    const begins = heading.getBoundingClientRect().top;
    const ends = headings[place + 1]?.getBoundingClientRect().top ?? Infinity;
    return begins < innerHeight * 0.7 && ends > HEADER + innerHeight * 0.2;
  });

export const countReading = () => {
  const article = document.querySelector("[data-viewed-at]");
  if (!article || !navigator.sendBeacon || asksForPrivacy()) return;
  const headings = all(".prose :is(h2, h3, h4)[id]", article);
  const looks = new Map();
  const seen = new Set();
  const told = new Set();

  const tell = () => {
    const news = [...seen].filter((section) => !told.has(section)).slice(0, Math.max(0, MOST_SECTIONS - told.size));
    if (!news.length) return;
    news.forEach((section) => told.add(section));
    const form = new URLSearchParams([["guide", article.dataset.guide], ...news.map((section) => ["section", section])]);
    navigator.sendBeacon(article.dataset.viewedAt, form);
  };

  const landed = () => {
    const heading = headings.find(({ id }) => id === decodeURIComponent(location.hash.slice(1)));
    if (heading) seen.add(heading.id);
  };

  const look = () => {
    if (document.visibilityState !== "visible") return;
    ["", ...inView(headings).map(({ id }) => id)].forEach((section) => {
      looks.set(section, (looks.get(section) ?? 0) + 1);
      if (looks.get(section) >= LOOKS_OF_A_READER) seen.add(section);
    });
    if (!told.has("") && seen.has("")) {
      landed();
      tell();
    }
  };

  setInterval(look, LOOK_MS);
  addEventListener("hashchange", landed);
  /* What was seen since is told when the page is left: one who was here for less than a moment did not read. */
  const left = () => told.size && tell();
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && left());
  addEventListener("pagehide", left);
};
