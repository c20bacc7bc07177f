// Finds the page on a topic in explain.json, as the binary finds it in its tables.

/** What continues a word. */
const LETTER = "[\\p{Alphabetic}\\p{N}]";
/** A number is an HTTP status only after one of these, and else a port, a duration or a count. */
const STATUS =
  "(?:http|status|statuscode|status code|status_code|httpstatuscode|http/1\\.0|http/1\\.1|http/2|http/2\\.0|http/3)";

const lower = (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const upper = (text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

/** Whether the text contains these words as whole words. */
function hasWords(text, words) {
  const before = /^\d+$/.test(words) ? `(?<!${LETTER})${STATUS}[^\\p{Alphabetic}\\p{N}]+` : `(?<!${LETTER})`;
  return new RegExp(`${before}${words.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}(?!${LETTER})`, "u").test(text);
}

/** The causes of a code or symptom: the whole text, or a log line that contains one, and its conditions if any holds. */
function causesOf({ causes, permissions }, text) {
  const exact = causes.filter(({ slug, codes }) => slug === text || codes.some((code) => lower(code) === text));
  if (exact.length > 0) return exact;
  const named = causes.filter(({ codes }) => codes.some((code) => hasWords(text, lower(code))));
  const given = permissions.find((permission) => text.includes(lower(permission)));
  const fits = named.filter(
    ({ says, permission }) =>
      (permission === null || permission === given) &&
      (says.length === 0 || says.some((words) => text.includes(lower(words)))),
  );
  return fits.length > 0 ? fits : named;
}

/** The name of the log message that the text begins with or contains first; of two at one place, the longer one. */
function messageIn({ messages }, text) {
  let best;
  for (const [message, name] of messages) {
    const [first, ...others] = message.split("{}");
    const at = text.indexOf(first);
    let end = at + first.length;
    for (const part of others) {
      if (at < 0 || end < 0) break;
      const next = text.indexOf(part, end);
      end = next < 0 ? -1 : next + part.length;
    }
    if (at < 0 || end < 0) continue;
    if (best === undefined || at < best.at || (at === best.at && message.length > best.length)) {
      best = { at, length: message.length, name };
    }
  }
  return best?.name;
}

/** The page on a topic, undefined if there is none. `quoted` is the module's function. */
export function pageOn(topics, topic, quoted) {
  const names = [lower(topic), upper(topic)];
  const page = topics.pages.find(([name]) => names.includes(name));
  if (page !== undefined) return page[1];
  const causes = causesOf(topics, lower(topic.trim()));
  if (causes.length === 0) {
    const message = messageIn(topics, topic);
    return topics.pages.find(([name]) => name === message)?.[1];
  }
  const text = causes.map((cause) => cause.text).join("");
  if (causes.length === 1) return text;
  return `${text}${causes.length} causes match ${quoted(topic)}; the first one that fits applies.\n`;
}

/** The names of all topics, one per line. */
export function topicNames({ pages, causes }) {
  const codes = causes.flatMap((cause) => cause.codes.slice(0, 1));
  return [...pages.map(([name]) => name), ...codes, ...causes.map((cause) => cause.slug)].join("\n");
}
