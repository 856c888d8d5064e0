/* When a contact can be reached, told in the reader's own time; without JavaScript the hours stand as written. */

import { filled, gettext, locale } from "./words.js";

const MINUTE = 60000;
const DAY = 1440;
const WEEK = 7 * DAY;
const MOST_LINES = 4;
const MONDAY = Date.UTC(2024, 0, 1);

const partsIn = (zone) => {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (instant) => {
    const found = {};
    for (const { type, value } of format.formatToParts(instant)) found[type] = Number(value);
    return found;
  };
};

/* What the clock on the wall shows in the zone, as if it were UTC: then it can be counted with. */
const wallOf = (parts) => (instant) => {
  const now = parts(instant);
  return Date.UTC(now.year, now.month - 1, now.day, now.hour, now.minute, now.second);
};

/* The instant at which the clock on the wall shows this; twice, since the offset may change on the way. */
const instantOf = (wall, at) => {
  const first = at - (wall(at) - at);
  return at - (wall(first) - first);
};

const startOfWeek = (at) => {
  const day = new Date(at);
  const monday = (day.getUTCDay() + 6) % 7;
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() - monday);
};

/* The spans of last, this and next week, as instants, in order. */
const spansAround = (now, spans, zone) => {
  const wall = wallOf(partsIn(zone));
  const monday = startOfWeek(wall(now));
  return [-WEEK, 0, WEEK].flatMap((week) =>
    spans.map(([start, end]) => ({
      start: instantOf(wall, monday + (week + start) * MINUTE),
      end: instantOf(wall, monday + (week + end) * MINUTE),
    })),
  );
};

const clock = (zone) => {
  const time = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: "short" });
  return { time: (instant) => time.format(instant), day: (instant) => day.format(instant) };
};

const status = (now, spans, own, isElsewhere) => {
  const open = spans.find((span) => span.start <= now && now < span.end);
  const next = spans.find((span) => span.start > now);
  if (open) {
    const day = own.day(open.end) === own.day(now) && open.end - now < DAY * MINUTE ? "" : `${own.day(open.end)} `;
    const words = isElsewhere ? gettext("Open now, until {time} your time") : gettext("Open now, until {time}");
    return { isOpen: true, text: filled(words, { time: `${day}${own.time(open.end)}` }) };
  }
  const words = isElsewhere ? gettext("Closed now, opens {time} your time") : gettext("Closed now, opens {time}");
  return { isOpen: false, text: filled(words, { time: `${own.day(next.start)} ${own.time(next.start)}` }) };
};

/* The week from now on, days with the same times in one line: 'Mon-Fri 10:00-18:00'. */
const week = (now, spans, own) => {
  const named = new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "short" });
  const names = Array.from({ length: 7 }, (_, day) => named.format(MONDAY + day * DAY * MINUTE));
  const coming = spans.filter((span) => span.end > now && span.end <= now + WEEK * MINUTE);
  const times = new Map(names.map((name) => [name, new Set()]));
  coming.forEach((span) => times.get(own.day(span.start)).add(`${own.time(span.start)}\u2013${own.time(span.end)}`));
  const lines = [];
  names.forEach((name) => {
    const said = [...times.get(name)].sort().join(", ");
    const last = lines.at(-1);
    if (last?.said === said) last.to = name;
    else lines.push({ from: name, to: name, said });
  });
  return lines
    .filter((line) => line.said)
    .map((line) => `${line.from === line.to ? line.from : `${line.from}\u2013${line.to}`} ${line.said}`);
};

const tell = (place, zone) => {
  const { spans, zone: theirs } = JSON.parse(place.dataset.hours);
  const note = place.querySelector(".hours-now") ?? place.appendChild(document.createElement("span"));
  note.className = "hours-now";
  if (spans.length === 1 && spans[0][1] - spans[0][0] >= WEEK) {
    note.dataset.open = "";
    note.textContent = gettext("Open now");
    return;
  }
  const now = Date.now();
  const own = clock(zone);
  const around = spansAround(now, spans, theirs);
  const their = clock(theirs);
  const isElsewhere = around.some(
    ({ start }) => their.time(start) !== own.time(start) || their.day(start) !== own.day(start),
  );
  const said = status(now, around, own, isElsewhere);
  const lines = isElsewhere ? week(now, around, own) : [];
  note.toggleAttribute("data-open", said.isOpen);
  note.textContent = said.text;
  place.querySelector(".hours-own")?.remove();
  if (lines.length && lines.length <= MOST_LINES) {
    const list = document.createElement("span");
    list.className = "hours-own";
    list.textContent = filled(gettext("{hours} your time"), { hours: lines.join("; ") });
    place.append(list);
  }
};

/* A browser that does not know a zone shows the hours as written. */
const tellAll = () => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.querySelectorAll("[data-hours]").forEach((place) => {
    try {
      tell(place, zone);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  });
};

tellAll();
setInterval(tellAll, MINUTE);
for (const name of ["htmx:load", "htmx:historyRestore"]) document.addEventListener(name, tellAll);
